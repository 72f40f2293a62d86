"""What calendar programs that are none of ours hold after invitations came in one after the other: khal, Python's icalendar, npm's ical.js.

    python3 tests/judges/agenda.py DIRECTORY

Reads the directory's *.ics by name, as they arrived. Each program keeps an entry for each UID: a REQUEST takes the place of one whose
SEQUENCE and stamp are not higher, a CANCEL ends it (RFC 5546 2.1.5). Prints {program: {uid: {start, end, status, sequence}}} as JSON, times in
UTC; khal tells no SEQUENCE. A program that is not there is left out and named on stderr. Called by the Rust tests.
"""
import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import place
from place import root, target

if pathlib.Path(sys.prefix).resolve() != place.place:
    with contextlib.redirect_stdout(sys.stderr):
        python = place.interpreter() if "JUDGED_FROM" not in os.environ else None
    if python is None:
        print("{}")
        sys.exit(0)
    os.execve(python, [python, __file__, *sys.argv[1:]], os.environ | {"JUDGED_FROM": str(place.place)})

import datetime

import icalendar

files = sorted(pathlib.Path(sys.argv[1]).glob("*.ics"))


def shown(time):
    return time.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def by_icalendar(raw):
    calendar = icalendar.Calendar.from_ical(raw)
    (event,) = calendar.walk("VEVENT")
    return {
        "method": str(calendar["METHOD"]), "uid": str(event["UID"]), "sequence": int(event["SEQUENCE"]),
        "stamp": shown(event.decoded("DTSTAMP")), "start": shown(event.decoded("DTSTART")), "end": shown(event.decoded("DTEND")),
        "status": str(event["STATUS"]),
    }


def kept(all_read):
    """Which of them change the calendar, in turn, and what it holds then."""
    entries, changes = {}, []
    for n, read in enumerate(all_read):
        before = entries.get(read["uid"])
        if before is None or (read["sequence"], read["stamp"]) >= (before["sequence"], before["stamp"]):
            entries[read["uid"]] = read
            changes.append(n)
    return changes, {
        uid: {key: one[key] for key in ("start", "end", "sequence")}
        | {"status": "CANCELLED" if one["method"] == "CANCEL" else one["status"]}
        for uid, one in entries.items()
    }


def by_khal(changes, days):
    """khal does not know what METHOD means: it gets what changes a calendar, and tells what it then shows."""
    with tempfile.TemporaryDirectory() as home:
        (pathlib.Path(home) / "calendar").mkdir()
        settings = pathlib.Path(home) / "config"
        settings.write_text(
            f"[calendars]\n[[interviews]]\npath = {home}/calendar\n[sqlite]\npath = {home}/khal.db\n"
            "[locale]\nlocal_timezone = UTC\ndefault_timezone = UTC\ntimeformat = %H:%M\ndateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\n"
            "datetimeformat = %Y-%m-%dT%H:%M:00Z\nlongdatetimeformat = %Y-%m-%dT%H:%M:00Z\n"
        )
        khal = [place.place / "bin/khal", "--config", settings]
        if changes:
            subprocess.run([*khal, "import", "--batch", *changes], check=True, capture_output=True)
        columns = {"start": "start-long-full", "end": "end-long-full", "status": "status", "uid": "uid"}
        asked = [word for column in columns.values() for word in ("--json", column)]
        listed = subprocess.run([*khal, "list", *asked, *days], check=True, capture_output=True, text=True)
        # A list for each day.
        rows = [row for line in listed.stdout.splitlines() for row in json.loads(line)]
        return {row["uid"]: {key: row[column].strip() for key, column in columns.items() if key != "uid"} for row in rows}


read = [by_icalendar(path.read_bytes()) for path in files]
changes, held = kept(read)
programs = {"icalendar": held, "khal": {}}
if read:
    first, last = (datetime.date.fromisoformat(time[:10]) for time in (min(one["start"] for one in read), max(one["end"] for one in read)))
    programs["khal"] = by_khal([files[n] for n in changes], [str(first), f"{(last - first).days + 1}d"])

packages = pathlib.Path(os.environ.get("REPLYD_NODE", target / "node"))
node = shutil.which("node")
if node is None:
    print("not run: ical.js on an interview's invitations (there is no Node)", file=sys.stderr)
elif not (packages / "node_modules/ical.js").is_dir():
    print(f"not run: ical.js on an interview's invitations (it is not in {packages}: tests/run installs it)", file=sys.stderr)
else:
    judged = subprocess.run(
        [node, str(root / "tests/judges/invitations.mjs"), str(packages)],
        input=json.dumps([[path.name, path.read_bytes().decode()] for path in files]), capture_output=True, text=True, check=True,
    )
    found = json.loads(judged.stdout)
    wrong = [f"{name}: {one}" for name, findings, _ in found for one in findings]
    if wrong:
        sys.exit("ical.js: " + "; ".join(wrong))
    programs["ical.js"] = kept([one for _, _, one in found])[1]

json.dump(programs, sys.stdout)
