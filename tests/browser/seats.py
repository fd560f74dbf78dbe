"""Where somebody sits: a desk or a phone, a language, light or dark."""

import os
import time
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.watching import Watch

DESK = {"viewport": {"width": 1440, "height": 900}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
LOCALES = {"zh-CN": "zh-CN", "en": "en-US"}
QUIET = 3  # looks
# passed in the page: one that is busy drawing is about to ask for more
A_MOMENT = "new Promise(done => requestAnimationFrame(() => setTimeout(done, 50)))"
LONGEST_S = 10
# the button that says the other language
SWAP_LANGUAGE = """() => [...document.querySelectorAll('button')]
  .find((button) => ['English', '中文'].includes(button.textContent.trim())).click()"""
KEEP = os.environ.get("PLUMBLINE_SHOTS")  # a folder: keep a picture of every screen


@dataclass(frozen=True)
class Place:
    """How a screen is looked at."""

    form: str  # desk, phone
    language: str  # zh-CN, en
    theme: str = "light"

    def __str__(self):
        return f"{self.form}-{self.language}-{self.theme}"

    @property
    def is_phone(self):
        return self.form == "phone"

    def options(self):
        """The browser context for it."""
        return {
            **(PHONE if self.is_phone else DESK),
            "locale": LOCALES[self.language],
            "timezone_id": "Asia/Shanghai",
            "color_scheme": self.theme,
            "reduced_motion": "reduce",
        }


@dataclass
class Seat:
    """A browser window with its watch, on one running demo."""

    url: str
    place: Place
    context: object
    page: object = None
    watch: Watch = field(default_factory=Watch)

    def open(self):
        self.context.set_default_timeout(15_000)
        self.page = self.watch.follow(self.context.new_page())
        return self

    def sign_in_as(self, client):
        """Take over a session that was opened over the API."""
        self.context.clear_cookies()
        self.context.add_cookies(
            [{"name": c.name, "value": c.value, "url": self.url} for c in client.http.cookies]
        )
        return self

    def go(self, path):
        """Open an address and wait until it stands still."""
        self.page.goto(self.url + path)
        self.settle()

    def turn(self):
        """The same screen on a phone, in the other language and in the dark."""
        self.page.emulate_media(color_scheme="dark")
        self.page.set_viewport_size(PHONE["viewport"])
        self.page.evaluate(SWAP_LANGUAGE)  # not by mouse: a drawer may lie over it
        self.settle()
        self.place = Place("phone", self.language(), "dark")
        return self

    def sit_at_the_desk(self):
        """Back to where screens are opened."""
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size(DESK["viewport"])

    def language(self):
        """The one the screen is in."""
        return self.page.evaluate("document.documentElement.lang")

    def settle(self):
        """Nothing is loading any more: no request is out, several times in a row."""
        self.page.wait_for_load_state()
        quiet, end = 0, time.monotonic() + LONGEST_S
        while quiet < QUIET and time.monotonic() < end:
            self.page.evaluate(A_MOMENT)
            quiet = 0 if self.watch.pending else quiet + 1
        waiting = "[role=status][aria-label], [aria-busy=true]"
        expect(self.page.locator(waiting)).to_have_count(0)
        self.page.evaluate("document.fonts.ready.then(() => true)")

    def is_wider_than_the_screen(self):
        return self.page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )

    def keep_picture(self, name):
        """A picture of the screen, when somebody asked for pictures."""
        if KEEP:
            Path(KEEP).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=Path(KEEP) / f"{name}-{self.place}.png")
