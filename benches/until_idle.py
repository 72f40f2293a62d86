#!/usr/bin/env python3
"""How fast `replyd run --until-idle` works off a backlog of waiting replies, over the private servers of tests/servers.

    cargo build --release
    sudo tests/servers/up /tmp/replyd.bench
    sudo env $(cat /tmp/replyd.bench/env | xargs) benches/until_idle.py target/release/replyd 2000
    sudo tests/servers/down /tmp/replyd.bench

Hands in N batches of one candidate, lets them go out, puts N answers into the bot's mailbox as the server would, and measures the run that
fetches, reads and applies them and sends N receipts and their copies. Prints one JSON line.
"""

import email
import email.policy
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CONFIG = """
[agency]
name = "Harbour Talent"
address = "bot@agency.test"
zone = "Europe/London"
[store]
database = "replyd.db"
[imap]
host = "127.0.0.1"
port = {imap}
user = "bot@agency.test"
password_file = "password"
ca_file = "{ca}"
[smtp]
host = "127.0.0.1"
port = {smtp}
user = "bot@agency.test"
password_file = "password"
ca_file = "{ca}"
connections = 4
[inbound]
authserv_id = "{authserv}"
border = "{authserv}"
[http]
listen = "127.0.0.1:0"
public_url = "https://answers.agency.test"
"""

BATCH = """
[client]
name = "Client Ltd"
[client.contact]
name = "Ann Lee"
email = "client@client.test"
zone = "Europe/London"
[project]
title = "Java developer {n}"
[[recruiters]]
name = "Rita Moss"
email = "recruiter@agency.test"
[[candidates]]
name = "Ana Souza"
email = "ana{n}@mail.test"
summary = "Ten years of Java, the last five in payments"
"""

ANSWER = """Return-Path: <client@client.test>
Delivered-To: {to}
Authentication-Results: {authserv}; dmarc=pass header.from=client.test
Received: from mail.client.test (mail.client.test [203.0.113.9])
\tby {authserv} with ESMTPS id {n};
\tSat, 21 Nov 2026 10:00:00 +0000
From: Ann Lee <client@client.test>
To: {to}
Subject: Re: {subject}
Date: Sat, 21 Nov 2026 10:00:00 +0000
Message-ID: <answer-{n}@client.test>
In-Reply-To: {parent}
References: {parent}
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

Yes to Ana, please. When could she start?

On Sat, Nov 21, 2026 at 9:00 AM Harbour Talent <{to}> wrote:

{quote}
"""


def main() -> None:
    replyd, count = os.path.abspath(sys.argv[1]), int(sys.argv[2])
    root, authserv = Path(os.environ["REPLYD_TEST_ROOT"]), os.environ["REPLYD_TEST_AUTHSERV"]
    port = lambda name: os.environ[name].rsplit(":", 1)[1]
    home = Path(tempfile.mkdtemp(prefix="replyd-bench."))
    (home / "config.toml").write_text(
        CONFIG.format(imap=port("REPLYD_TEST_IMAP"), smtp=port("REPLYD_TEST_SMTP"), ca=os.environ["REPLYD_TEST_CA"], authserv=authserv)
    )
    (home / "password").write_text("pw-bot\n")
    (home / "password").chmod(0o600)

    def run(*arguments: str) -> str:
        done = subprocess.run([replyd, *arguments], cwd=home, check=True, capture_output=True, text=True, env={**os.environ, "REPLYD_LOG": "error"})
        return done.stdout

    client = root / "vmail/client@client.test/Maildir/new"
    before = set(client.iterdir()) if client.exists() else set()
    for n in range(count):
        (home / "batch.toml").write_text(BATCH.format(n=n))
        run("submit", "batch.toml")
        if sys.stderr.isatty() and n % 50 == 0:
            print(f"\r{n} of {count} handed in", end="", file=sys.stderr)
    began = time.monotonic()
    out = json.loads(run("run", "--until-idle", "--json"))
    outward = time.monotonic() - began
    deadline = time.monotonic() + 120
    while len(letters := [path for path in client.iterdir() if path not in before]) < count and time.monotonic() < deadline:
        time.sleep(0.2)
    bot = root / "vmail/bot@agency.test/Maildir"
    for box in ("new", "cur", "tmp"):
        (bot / box).mkdir(parents=True, exist_ok=True)
    for n, path in enumerate(letters):
        letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        quote = "\n".join("> " + line for line in letter.get_body(("plain",)).get_content().splitlines())
        answer = ANSWER.format(to=letter["Reply-To"].addresses[0].addr_spec, subject=letter["Subject"], parent=letter["Message-ID"], n=n, quote=quote, authserv=authserv)
        file = bot / "new" / f"{1_700_000_000 + n}.M{n}.bench"
        file.write_text(answer)
    subprocess.run(["chown", "-R", "5000:5000", str(bot)], check=True)
    began = time.monotonic()
    back = json.loads(run("run", "--until-idle", "--json"))
    taken = time.monotonic() - began
    resting = sum(one["resting"] == "interested" for batch in json.loads(run("list", "--json", "--limit", str(count))) for one in batch["submissions"])
    print(
        json.dumps(
            {
                "replies": len(letters),
                "applied": resting,
                "seconds": round(taken, 2),
                "replies_per_second": round(len(letters) / taken, 1),
                "letters_sent": back["sent"],
                "outward": {"letters": out["sent"], "seconds": round(outward, 2)},
            }
        )
    )
    shutil.rmtree(home)


main()
