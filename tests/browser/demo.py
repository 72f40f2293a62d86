"""Uses the webmail of `replyd demo` in a headless Chromium as a newcomer would: every button, three ways of replying, time.

    python3 demo.py URL DIR      screenshots go to DIR; prints what was seen as one JSON value

The mailbox of the first person must hold two mails: the first batch, and above it a hostile mail with the subject "Hostile".
"""

import base64
import json
import os
import signal
import sys
import time

from drive import MEASURE, PATIENCE, Browser

# Seconds for something that should come at once.
SOON = 30  # seconds; a machine that builds beside it is slow


class Webmail:
    def __init__(self, url, directory):
        self.url, self.directory = url, directory
        self.browser = Browser()
        self.page = self.browser.session
        self.problems = []
        self.calls("Log.enable")
        # Sandboxed frames live in a process of their own, and so have a session of their own.
        self.calls("Target.setAutoAttach", autoAttach=True, waitForDebuggerOnStart=False, flatten=True)

    def calls(self, method, **params):
        return self.browser.call(method, **params)

    def at(self, session, method, **params):
        self.browser.session = session
        try:
            return self.browser.call(method, **params)
        finally:
            self.browser.session = self.page

    def run(self, script, session=None):
        answer = self.at(session or self.page, "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            sys.exit(f"{script}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def within(self, seconds, script, session=None):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.run(f"!!({script})", session):
                return True
            time.sleep(0.05)
        return False

    def until(self, script, session=None):
        if not self.within(SOON, script, session):
            self.shot("stuck")
            sys.exit(f"never true: {script}")

    def shot(self, name):
        with open(os.path.join(self.directory, name + ".png"), "wb") as file:
            file.write(base64.b64decode(self.calls("Page.captureScreenshot")["data"]))

    def press(self, x, y):
        for kind in ("mousePressed", "mouseReleased"):
            self.calls("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def click(self, selector, words=""):
        """A real click in the middle of the first visible element that fits and carries these words."""
        spot = f"""(() => {{
            const one = [...document.querySelectorAll({json.dumps(selector)})].find(one => one.offsetParent !== null && one.textContent.includes({json.dumps(words)}));
            if (!one) return null;
            one.scrollIntoView({{block: 'center'}});
            const box = one.getBoundingClientRect();
            return [box.x + box.width / 2, box.y + box.height / 2];
        }})()"""
        self.until(spot)
        # Right after a change of layout the browser may still lead a press to the frame that lay there before: such a press
        # never reaches the page, and is made again.
        self.run("window.presses ??= (addEventListener('pointerdown', () => { window.presses += 1; }, true), 0)")
        before = self.run("window.presses")
        for _ in range(5):
            self.run("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
            self.press(*self.run(spot))
            if self.within(5, f"window.presses > {before}"):
                return
        self.shot("stuck")
        sys.exit(f"no press reached {selector} {words}")

    def frame(self):
        """The session of the frame with the opened mail, once it has loaded."""
        src = self.run("document.querySelector('iframe.frame')?.src")
        end = time.monotonic() + SOON
        while time.monotonic() < end:
            self.browser.session = None
            targets = self.browser.call("Target.getTargets")["targetInfos"]
            self.browser.session = self.page
            for target in targets:
                if target["type"] == "iframe" and target["url"] == src:
                    for event in reversed(self.browser.events):
                        if event.get("method") == "Target.attachedToTarget" and event["params"]["targetInfo"]["targetId"] == target["targetId"]:
                            self.frames = event["params"]["sessionId"], target["targetId"]
                    if getattr(self, "frames", (None, None))[1] == target["targetId"]:
                        return self.frames[0]
            time.sleep(0.05)
        sys.exit("the mail was not shown in a frame of its own")

    def click_in_mail(self, selector, place=0):
        """A real click on something in the mail."""
        session = self.frame()
        self.until("document.readyState === 'complete'", session)
        # A frame that was never painted takes no clicks.
        self.run("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        time.sleep(0.3)
        end = time.monotonic() + SOON
        while True:
            root = self.at(session, "DOM.getDocument")["root"]["nodeId"]
            nodes = self.at(session, "DOM.querySelectorAll", nodeId=root, selector=selector)["nodeIds"]
            if len(nodes) > place:
                break
            if time.monotonic() > end:
                self.shot("stuck")
                sys.exit(f"nothing in the mail is {selector}")
            time.sleep(0.05)
        self.at(session, "DOM.scrollIntoViewIfNeeded", nodeId=nodes[place])
        quad = self.at(session, "DOM.getBoxModel", nodeId=nodes[place])["model"]["border"]
        left, top = self.run("(b => [b.x, b.y])(document.querySelector('iframe.frame').getBoundingClientRect())")
        self.press(left + (quad[0] + quad[4]) / 2, top + (quad[1] + quad[5]) / 2)

    def new_tab(self, path):
        """The session of a tab that was opened by a click."""
        end = time.monotonic() + SOON
        while time.monotonic() < end:
            self.browser.session = None
            for target in self.browser.call("Target.getTargets")["targetInfos"]:
                if target["type"] == "page" and path in target["url"]:
                    session = self.browser.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]
                    self.browser.session = self.page
                    return session, target["targetId"]
            self.browser.session = self.page
            time.sleep(0.05)
        self.shot("stuck")
        sys.exit(f"no tab with {path} was opened")

    def page_of_daemon(self, path, selector, after):
        """Presses a button on the daemon's page that was opened, and reads what follows; then closes it."""
        session, target = self.new_tab(path)
        self.until(f"document.readyState === 'complete' && document.querySelector({json.dumps(selector)})", session)
        self.run(f"document.querySelector({json.dumps(selector)}).click()", session)
        self.until(f"document.readyState === 'complete' && document.body.innerText.includes({json.dumps(after)})", session)
        self.browser.session = None
        self.browser.call("Target.closeTarget", targetId=target)
        self.browser.session = self.page

    def measure(self):
        return self.run(MEASURE)

    def open_mail(self, subject, gist=""):
        words = gist or subject
        self.click("button.entry", words)
        self.until(f"document.querySelector('button.entry[aria-current=true]')?.textContent.includes({json.dumps(words)})")
        self.until("document.querySelector('iframe.frame')?.src.endsWith(`/mail/${open.person}/${open.mail}`)")

    def reply(self, shape, words):
        self.click("#head button:not(:disabled)", "Reply")
        self.until("document.getElementById('words')")
        self.click(f"label:has(input[name=shape][value={shape}])")
        self.run("document.getElementById('words').focus()")
        self.calls("Input.insertText", text=words)
        self.shot("reply-" + shape)
        self.click("#send")
        self.until("!document.getElementById('reading').hidden")
        return {
            "own": self.run("document.querySelector('#reading blockquote').innerText"),
            "says": self.run("[...document.querySelectorAll('#reading li b')].map(one => one.innerText)"),
        }

    def standing(self):
        return self.run("[...document.querySelectorAll('.stand li')].map(one => one.querySelector('.name').innerText + ': ' + one.querySelector('.mark').innerText)")

    def stands(self, line):
        self.until(f"[...document.querySelectorAll('.stand li')].some(one => one.innerText.replace(/\\s+/g, ' ').startsWith({json.dumps(line)}))")

    def errors(self):
        """What went wrong on the page itself."""
        found = []
        for event in self.browser.events:
            if event.get("sessionId") != self.page:
                continue
            if event.get("method") == "Runtime.exceptionThrown":
                found.append(event["params"]["exceptionDetails"].get("exception", {}).get("description", "exception"))
            if event.get("method") == "Log.entryAdded" and event["params"]["entry"]["level"] == "error":
                found.append(event["params"]["entry"]["text"])
        return found


def use(mail):
    seen = {}
    mail.browser.screen(1440, 900)
    mail.browser.open(mail.url)
    mail.until("document.querySelector('button.entry')")
    mail.open_mail("Three candidates")
    mail.frame()
    mail.shot("desk")
    desk = mail.measure()
    seen["desk"] = {one: desk[one] for one in ("wide", "bare", "pale")}
    seen["sandbox"] = mail.run("document.querySelector('iframe.frame').getAttribute('sandbox')")

    # The first button of the mail, on the daemon's own page; then the undo in its receipt.
    mail.click_in_mail("a[href*='/d/']")
    mail.page_of_daemon("/d/", "button.big", "Recorded")
    mail.stands("Ana Souza Interested")
    mail.click("#jump")
    mail.until("[...document.querySelectorAll('button.entry')].some(one => one.textContent.includes('Thank you for your answer'))")
    mail.open_mail("", "Thank you for your answer")
    mail.shot("receipt")
    mail.click_in_mail("a[href*='/u/']")
    mail.page_of_daemon("/u/", "button.big", "Taken back")
    mail.stands("Ana Souza Looked at, no answer yet")
    seen["undone"] = mail.standing()

    # "or by mail" opens the reply box, and nothing else.
    mail.open_mail("", "Here are three candidates")
    mail.click_in_mail("a[href*='/mailto/']", 2)
    mail.until("document.getElementById('words')")
    seen["mailto"] = mail.run("document.getElementById('subject').value")
    mail.shot("mailto")
    mail.click("#answer button", "Cancel")

    seen["gmail"] = mail.reply("gmail", "Hi Ines,\n\nYes to Ana.\n\nBest,\nHannah")
    mail.stands("Ana Souza Interested")
    mail.open_mail("", "Here are three candidates")
    seen["outlook"] = mail.reply("outlook", "Pass on Ben, too junior.")
    mail.stands("Ben Okafor Pass")
    mail.open_mail("", "Here are three candidates")
    seen["iphone"] = mail.reply("iphone", "Chloé maybe, ask me again in two weeks")
    mail.stands("Chloé Martin Maybe")
    mail.shot("replied")

    # Nothing to send: the reason stands where it is seen.
    mail.open_mail("", "Here are three candidates")
    mail.click("#head button:not(:disabled)", "Reply")
    mail.until("document.getElementById('words')")
    mail.click("#send")
    mail.until("document.getElementById('problem').textContent")
    seen["told"] = mail.run(
        "(one => { const box = one.getBoundingClientRect(); return one.contains(document.elementFromPoint(box.x + 5, box.y + box.height / 2)); })"
        "(document.getElementById('problem'))"
    )
    mail.shot("empty")
    mail.click("#answer button", "Cancel")

    # A recruiter's words are orders; this one is a note.
    mail.click(".box", "Ines")
    mail.click("button.entry", "Here are three candidates")
    mail.until("document.querySelector('button.entry[aria-current=true]')?.textContent.includes('Here are three candidates')")
    seen["note"] = mail.reply("gmail", "Note: Ana prefers mornings.")
    seen["note"]["becomes"] = mail.run("document.querySelector('#reading p').innerText")
    mail.click(".box", "Hannah")

    # The page for all candidates: nobody has written anything into it yet.
    mail.open_mail("", "Here are three candidates")
    mail.click_in_mail("a[href*='/b/']")
    session, target = mail.new_tab("/b/")
    mail.until("document.readyState === 'complete' && document.querySelector('textarea')", session)
    seen["words"] = mail.run("[...document.querySelectorAll('textarea')].map(one => one.value)", session)
    mail.browser.session = None
    mail.browser.call("Target.closeTarget", targetId=target)
    mail.browser.session = mail.page

    # From one thing to the next, until nothing rests.
    rests = "document.querySelector('.stand').innerText.includes('Takes effect')"
    for _ in range(12):
        if not mail.run(rests):
            break
        # Two things can come in the same minute: then a jump may change nothing that is shown.
        moment = "document.getElementById('clock').textContent + document.querySelector('.stand').innerText"
        before = mail.run(moment)
        mail.click("#jump:not(:disabled)")
        mail.within(5, f"{moment} !== {json.dumps(before)} && !document.getElementById('jump').disabled")
    seen["rests"] = mail.run(rests)
    seen["stands"] = mail.standing()
    mail.shot("jumped")

    # Ana says when she can, the client takes one of the times, and both get an entry for the calendar.
    mail.click(".box", "Ana")
    mail.open_mail("", "Good news")
    seen["times"] = mail.reply("iphone", "Monday after 13:00, or Tuesday between 9 and 12.")["says"]
    mail.click(".box", "Hannah")
    mail.until("[...document.querySelectorAll('button.entry')].some(one => one.textContent.includes('Ana can meet you'))")
    mail.open_mail("", "Ana can meet you")
    mail.click_in_mail("a[href*='/i/']", 1)
    mail.page_of_daemon("/i/", "button.big", "Noted")
    mail.click("#jump:not(:disabled)")
    mail.until("[...document.querySelectorAll('button.entry')].some(one => one.textContent.includes('is agreed'))")
    mail.open_mail("", "is agreed")
    mail.frame()
    mail.stands("Ana Souza Interview agreed")
    mail.shot("agreed")
    mail.click(".box", "Ana")
    mail.open_mail("", "is agreed")
    mail.shot("invitation")
    mail.click("#head label", "Source")
    mail.until("document.querySelector('.paper')?.textContent.includes('method=REQUEST')")
    mail.click("#head label", "HTML")
    mail.click(".box", "Hannah")

    # Another batch, some hours at an hour a second, and the reminder that follows silence.
    mail.click("#another")
    mail.click("#batch-form button", "Put forward")
    mail.until("document.querySelector('#list h2')?.innerText === 'Jonas Berg'")
    began = mail.run("Date.parse(state.clock.now)")
    mail.click("#speeds label", "3600×")
    mail.until(f"Date.parse(state.clock.now) > {began} + 4 * 3600e3")
    mail.shot("warped")
    mail.click("#speeds label", "1×")
    mail.until("state.clock.speed === 1")
    reminded = "[...document.querySelectorAll('button.entry')].some(one => one.textContent.includes('reminder'))"
    for _ in range(12):
        if mail.run(reminded):
            break
        mail.click("#jump:not(:disabled)")
        mail.within(5, f"{reminded} || !document.getElementById('jump').disabled")
    mail.until(reminded)
    mail.shot("reminded")
    seen["errors"] = mail.errors()

    # A phone.
    mail.browser.screen(390, 844, touch=True)
    seen["phone"] = {}
    mail.click(".tabs button", "Mailboxes")
    seen["phone"]["list"] = mail.measure()
    mail.shot("phone-list")
    mail.click(".box", "Hannah")
    mail.click("button.entry", "Here are three candidates")
    mail.until("document.body.dataset.view === 'mail'")
    mail.frame()
    seen["phone"]["mail"] = mail.measure()
    mail.shot("phone-mail")
    mail.click("#head button:not(:disabled)", "Reply")
    mail.until("document.getElementById('words')")
    seen["phone"]["reply"] = mail.measure()
    mail.shot("phone-reply")
    mail.click("#answer button", "Cancel")
    mail.click(".tabs button", "What replyd does")
    seen["phone"]["panel"] = mail.measure()
    mail.shot("phone-panel")
    mail.browser.screen(1440, 900, dark=True)
    mail.shot("dark")
    seen["dark"] = mail.measure()["pale"]

    # A mail that tries to get out of its frame.
    mail.browser.screen(1440, 900)
    mail.run("window.strays = []; addEventListener('message', event => strays.push(event.data))")
    mail.click(".box", "Hannah")
    mail.open_mail("Hostile")
    mail.frame()
    mail.click_in_mail("a#top")
    mail.click_in_mail("button#form")
    time.sleep(1)
    mail.shot("hostile")
    seen["hostile"] = {
        "heard": mail.run("strays"),
        "page": mail.run("location.href"),
    }
    return seen


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    os.makedirs(sys.argv[2], exist_ok=True)
    mail = Webmail(sys.argv[1], sys.argv[2])
    try:
        print(json.dumps(use(mail)))
    finally:
        mail.browser.close()


if __name__ == "__main__":
    signal.alarm(PATIENCE)
    main()
