"""Drives a headless Chromium over its DevTools pipe: what happens to a page in a real browser.

    python3 drive.py tap SELECTOR URL       scripts and cookies off: open, tap one control, print the page that follows
    python3 drive.py follow URL...          scripts on: open each, scroll, hover, follow every link; print what was opened
    python3 drive.py play MODE STEPS        a phone, MODE plain (scripts and cookies off) or scripts; STEPS is JSON, [what, where, text] each:
                                            open URL, tap SELECTOR, type SELECTOR TEXT, press SELECTOR; print the pages that were shown
    python3 drive.py walk MODE STEPS        one browser of its own for each WHO; STEPS is JSON, [WHO, what, where, text] each: open URL,
                                            press SELECTOR (a page follows), tap SELECTOR, type SELECTOR TEXT, pick SELECTOR VALUE, click SELECTOR
                                            (its middle, whatever follows), wait - TEXT (until the page says it), rest - SECONDS, show (print the
                                            page), look DIR NAME (screenshots at 1440 and 390 px, light and dark; print what is too wide or small)
    python3 drive.py look DIR NAME=URL...   screenshots at 1280 and 360 px, light and dark; print what is too wide or too small. Behind the
                                            URL, after a space, may stand the SELECTOR of a control that is pressed first

Prints one JSON value on standard output. Needs nothing but Python and Chromium.
"""

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

# Seconds for everything, then the process ends.
PATIENCE = 240


class Browser:
    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix="replyd-browser-")
        # Chromium reads commands from descriptor 3 and writes answers to descriptor 4.
        theirs_in, self.to = os.pipe()
        self.back, theirs_out = os.pipe()

        def arrange():
            # First out of each other's way, then onto their places.
            a, b = os.dup(theirs_in), os.dup(theirs_out)
            high_in, high_out = 100, 101
            os.dup2(a, high_in)
            os.dup2(b, high_out)
            os.dup2(high_in, 3)
            os.dup2(high_out, 4)

        program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        if program is None:
            sys.exit("chromium is missing")
        self.process = subprocess.Popen(
            [
                program,
                "--headless=new",
                "--remote-debugging-pipe",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--hide-scrollbars",
                f"--user-data-dir={self.profile}",
                "about:blank",
            ],
            preexec_fn=arrange,
            close_fds=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self.buffer = b""
        self.next_id = 0
        self.events = []
        self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "DOM", "Network", "Runtime"):
            self.call(domain + ".enable")

    def close(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)

    def read(self):
        while b"\0" not in self.buffer:
            chunk = os.read(self.back, 1 << 20)
            if not chunk:
                sys.exit("chromium ended")
            self.buffer += chunk
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **params):
        self.next_id += 1
        message = {"id": self.next_id, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") == self.next_id:
                if "error" in answer:
                    sys.exit(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def wait(self, event):
        while True:
            for at, seen in enumerate(self.events):
                if seen.get("method") == event:
                    del self.events[: at + 1]
                    return seen["params"]
            self.events.append(self.read())

    def open(self, url):
        self.events.clear()
        self.call("Page.navigate", url=url)
        self.wait("Page.loadEventFired")

    def find(self, selector):
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        if node == 0:
            sys.exit(f"nothing on the page is {selector}")
        return node

    def touch(self, selector):
        node = self.find(selector)
        self.call("DOM.scrollIntoViewIfNeeded", nodeId=node)
        quad = self.call("DOM.getBoxModel", nodeId=node)["model"]["border"]
        x, y = (quad[0] + quad[4]) / 2, (quad[1] + quad[5]) / 2
        self.events.clear()
        self.call("Input.dispatchTouchEvent", type="touchStart", touchPoints=[{"x": x, "y": y}])
        self.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])

    def tap(self, selector):
        self.touch(selector)
        self.wait("Page.loadEventFired")

    def click(self, selector):
        node = self.find(selector)
        self.call("DOM.scrollIntoViewIfNeeded", nodeId=node)
        quad = self.call("DOM.getBoxModel", nodeId=node)["model"]["border"]
        where = {"x": (quad[0] + quad[4]) / 2, "y": (quad[1] + quad[5]) / 2, "button": "left", "clickCount": 1}
        self.events.clear()
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, **where)
        self.wait("Page.loadEventFired")

    def type(self, selector, text):
        self.call("DOM.focus", nodeId=self.find(selector))
        self.call("Input.insertText", text=text)

    def html(self):
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        return self.call("DOM.getOuterHTML", nodeId=root)["outerHTML"]

    def evaluate(self, script):
        return self.call("Runtime.evaluate", expression=script, returnByValue=True)["result"].get("value")

    def screen(self, width, height, dark=False, touch=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=touch)
        self.call("Emulation.setTouchEmulationEnabled", enabled=touch)
        scheme = "dark" if dark else "light"
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])


def tap(browser, selector, url):
    browser.screen(360, 740, touch=True)
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    browser.call("Emulation.setDocumentCookieDisabled", disabled=True)
    browser.open(url)
    browser.tap(selector)
    return browser.html()


def follow(browser, urls):
    browser.screen(1280, 900)
    opened = []
    for url in urls:
        if url in opened:
            continue
        browser.open(url)
        opened.append(url)
        links = browser.evaluate("[...document.querySelectorAll('a[href]')].map(a => a.href)")
        # What a curious program does short of pressing: open what can be opened, move over everything, scroll, focus.
        browser.evaluate(
            """for (const one of document.querySelectorAll('*')) {
                if (one.tagName === 'DETAILS') one.open = true;
                for (const name of ['mouseover', 'mousemove', 'focus']) one.dispatchEvent(new Event(name, {bubbles: true}));
                if (one.focus) one.focus();
            }
            window.scrollTo(0, document.body.scrollHeight);"""
        )
        for link in links:
            if not link.startswith("http") or link in opened:
                continue
            if link.endswith(".ics"):
                # A file to save: a page is never loaded.
                browser.evaluate(f"fetch({json.dumps(link)}).then(answer => answer.text())")
            else:
                browser.open(link)
                opened.append(link)
    return opened


# What is folded away can be pressed once it is open.
OPENED = "document.querySelectorAll('details').forEach(one => one.open = true)"

MEASURE = """(() => {
    const seen = one => one.offsetParent !== null && !one.closest('[hidden], .sr');
    // The page, or the words of a control beyond its border.
    const boxes = [document.documentElement, ...[...document.querySelectorAll('button, summary, label.chip, label.pick')].filter(seen)];
    const wide = boxes.some(one => one.scrollWidth > one.clientWidth);
    const small = [...document.querySelectorAll('button, summary, label.chip, label.pick')].filter(seen)
        .filter(one => one.getBoundingClientRect().height < 44).map(one => one.textContent.trim());
    const bare = [...document.querySelectorAll('input:not([type=hidden]), textarea')]
        .filter(one => !one.closest('[hidden]') && !one.labels.length).map(one => one.name);
    const parse = colour => (colour.match(/[\\d.]+/g) || []).map(Number);
    const light = ([r, g, b]) => { const f = v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
        return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b); };
    const behind = one => { for (; one; one = one.parentElement) { const c = parse(getComputedStyle(one).backgroundColor);
        if (c.length === 3 || c[3] > 0) return c; } return [255, 255, 255]; };
    const pale = [];
    for (const one of document.querySelectorAll('body *')) {
        const own = [...one.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
        if (!own || !seen(one)) continue;
        const [a, b] = [light(parse(getComputedStyle(one).color)), light(behind(one))];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < 4.5) pale.push(one.textContent.trim().slice(0, 40) + ' ' + ratio.toFixed(2));
    }
    return {wide, small, bare, pale};
})()"""


# Shown text only: what is folded away is not said.
SHOWN = """({
    said: document.body.innerText.replace(/\\s+/g, ' '),
    lang: document.documentElement.lang,
    focus: document.activeElement.className,
})"""


def play(browser, mode, steps):
    browser.screen(390, 844, touch=True)
    if mode == "plain":
        browser.call("Emulation.setScriptExecutionDisabled", value=True)
        browser.call("Emulation.setDocumentCookieDisabled", disabled=True)
    shown = []
    for what, where, text in json.loads(steps):
        if what == "open":
            browser.open(where)
        elif what == "press":
            browser.tap(where)
        elif what == "tap":
            browser.touch(where)
        elif what == "type":
            browser.type(where, text)
        else:
            sys.exit(f"what is {what}?")
        if what in ("open", "press"):
            # The focus comes with the first frame.
            for _ in range(40):
                if browser.evaluate("!document.querySelector('[autofocus]') || document.activeElement !== document.body"):
                    break
                time.sleep(0.05)
            page = browser.evaluate(SHOWN)
            page["measured"] = browser.evaluate(MEASURE)
            shown.append(page)
    return shown


def point(browser, selector):
    node = browser.find(selector)
    browser.call("DOM.scrollIntoViewIfNeeded", nodeId=node)
    quad = browser.call("DOM.getBoxModel", nodeId=node)["model"]["border"]
    where = {"x": (quad[0] + quad[4]) / 2, "y": (quad[1] + quad[5]) / 2, "button": "left", "clickCount": 1}
    for kind in ("mousePressed", "mouseReleased"):
        browser.call("Input.dispatchMouseEvent", type=kind, **where)


def page_of(browser):
    page = browser.evaluate(SHOWN)
    page["url"] = browser.evaluate("location.pathname + location.search")
    page["title"] = browser.evaluate("document.title")
    return page


def walk(mode, steps):
    browsers, shown = {}, []
    try:
        for who, what, where, text in json.loads(steps):
            if who not in browsers:
                browsers[who] = Browser()
                browsers[who].screen(1440, 900)
                if mode == "plain":
                    browsers[who].call("Emulation.setScriptExecutionDisabled", value=True)
            browser = browsers[who]
            if what == "open":
                browser.open(where)
            elif what == "press":
                browser.click(where)
            elif what in ("tap", "click"):
                point(browser, where)
            elif what == "type":
                browser.type(where, text)
            elif what == "pick":
                browser.evaluate(f"document.querySelector({json.dumps(where)}).value = {json.dumps(text)}")
            elif what == "wait":
                for _ in range(100):
                    if text in browser.evaluate("document.body.innerText"):
                        break
                    time.sleep(0.1)
                else:
                    sys.exit(f"the page never said {text}")
            elif what == "rest":
                time.sleep(float(text))
            elif what == "show":
                shown.append(page_of(browser))
            elif what == "look":
                shown.append({"page": text, "measured": shots(browser, where, text)})
            else:
                sys.exit(f"what is {what}?")
    finally:
        for browser in browsers.values():
            browser.close()
    return shown


def shots(browser, directory, name):
    os.makedirs(directory, exist_ok=True)
    found = {}
    for width in (1440, 390):
        for dark in (False, True):
            shade = "dark" if dark else "light"
            browser.screen(width, 900, dark=dark)
            found[f"{width} {shade}"] = browser.evaluate(MEASURE)
            size = browser.call("Page.getLayoutMetrics")["cssContentSize"]
            clip = {"x": 0, "y": 0, "width": width, "height": max(size["height"], 400), "scale": 1}
            shot = browser.call("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
            with open(os.path.join(directory, f"{name}-{width}-{shade}.png"), "wb") as file:
                file.write(base64.b64decode(shot["data"]))
    browser.screen(1440, 900)
    return found


def look(browser, directory, pages):
    os.makedirs(directory, exist_ok=True)
    found = {}
    for page in pages:
        name, where = page.split("=", 1)
        url, _, selector = where.partition(" ")
        for width in (1280, 360):
            for dark in (False, True):
                browser.screen(width, 800, dark=dark)
                browser.open(url)
                if selector:
                    browser.evaluate(OPENED)
                    browser.click(selector)
                found[f"{name} {width} {'dark' if dark else 'light'}"] = browser.evaluate(MEASURE)
                size = browser.call("Page.getLayoutMetrics")["cssContentSize"]
                clip = {"x": 0, "y": 0, "width": width, "height": max(size["height"], 400), "scale": 1}
                shot = browser.call("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
                where = os.path.join(directory, f"{name}-{width}-{'dark' if dark else 'light'}.png")
                with open(where, "wb") as file:
                    file.write(base64.b64decode(shot["data"]))
    return found


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    what, rest = sys.argv[1], sys.argv[2:]
    if what == "walk":
        print(json.dumps(walk(*rest)))
        return
    browser = Browser()
    try:
        if what == "tap":
            answer = tap(browser, *rest)
        elif what == "follow":
            answer = follow(browser, rest)
        elif what == "play":
            answer = play(browser, *rest)
        elif what == "look":
            answer = look(browser, rest[0], rest[1:])
        else:
            sys.exit(__doc__)
        print(json.dumps(answer))
    finally:
        browser.close()


if __name__ == "__main__":
    signal.alarm(PATIENCE)
    main()
