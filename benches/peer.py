#!/usr/bin/env python3
"""What one would write in an afternoon in place of replyd: the peer that the benches measure against.

    benches/peer.py DIR IMAP_PORT SMTP_PORT COUNT

Fetches one message at a time, finds the submission by the Message-ID that is answered, reads the reply with email-reply-parser, commits
each decision, and sends a receipt, a connection each. DIR holds peer.db with the table `submissions` (see benches/run). No error is
handled, nothing is kept safe from a crash, nothing is understood but yes and no.
"""

import email
import email.policy
import imaplib
import re
import smtplib
import sqlite3
import sys
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from email_reply_parser import EmailReplyParser

YES = re.compile(r"\b(yes|interested|looks good|go ahead)\b", re.I)
NO = re.compile(r"\b(no|pass|not interested|decline)\b", re.I)


def receipt(message, subject, decision):
    letter = EmailMessage()
    letter["From"] = "Harbour Talent <bot@agency.test>"
    letter["To"] = message["From"]
    letter["Subject"] = subject
    letter["Date"] = formatdate()
    letter["Message-ID"] = make_msgid(domain="agency.test")
    letter["In-Reply-To"] = message["Message-ID"]
    letter["References"] = f"{message.get('References', '')} {message['Message-ID']}".strip()
    letter["Auto-Submitted"] = "auto-replied"
    letter.set_content(f"Thank you. We noted your answer: {decision}.\n\nIt takes effect in ten minutes.\n")
    letter.add_alternative(f"<p>Thank you. We noted your answer: <b>{decision}</b>.</p><p>It takes effect in ten minutes.</p>", subtype="html")
    return letter


def main():
    home, imap_port, smtp_port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    database = sqlite3.connect(f"{home}/peer.db")
    database.execute("PRAGMA journal_mode = wal")
    database.execute("PRAGMA synchronous = full")
    imap = imaplib.IMAP4("127.0.0.1", imap_port)
    imap.login("bot@agency.test", "pw-bot")
    imap.select("INBOX", readonly=True)
    _, found = imap.uid("SEARCH", None, "ALL")
    for uid in found[0].split()[:count]:
        if database.execute("SELECT 1 FROM seen WHERE uid = ?", (int(uid),)).fetchone():
            continue
        _, data = imap.uid("FETCH", uid, "(BODY.PEEK[])")
        message = email.message_from_bytes(data[0][1], policy=email.policy.default)
        text = message.get_body(("plain",)).get_content()
        own = EmailReplyParser.parse_reply(text)
        decision = "interested" if YES.search(own) else "rejected" if NO.search(own) else "unclear"
        parent = message["In-Reply-To"]
        row = database.execute("SELECT id, subject FROM submissions WHERE message_id = ?", (parent,)).fetchone()
        if row is None:
            continue
        database.execute("UPDATE submissions SET status = ? WHERE id = ?", (decision, row[0]))
        database.execute("INSERT INTO events (submission, what, words) VALUES (?, ?, ?)", (row[0], decision, own))
        database.execute("INSERT INTO seen (uid) VALUES (?)", (int(uid),))
        database.commit()
        letter = receipt(message, f"Re: {row[1]}", decision)
        with smtplib.SMTP("127.0.0.1", smtp_port) as smtp:
            smtp.send_message(letter)
        database.execute("UPDATE submissions SET receipt_sent = 1 WHERE id = ?", (row[0],))
        database.commit()
    imap.logout()


main()
