"""Every screen at the desk and on the phone: no error, readable, nothing cut off or untranslated."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.screens import SCREENS
from tests.browser.seats import Place, Seat
from tests.browser.stage import CHINESE

STANDARD = {
    "runOnly": {"type": "tag", "values": [f"wcag{v}" for v in ("2a", "2aa", "21a", "21aa", "22aa")]}
}
GRAVE = {"serious", "critical"}
KEY = re.compile(r"(?<![\w@/.:-])[a-z][a-z_]*_?(?:\.[a-z_]+[A-Za-z_]*)+(?![\w@/-])")
OTHER_LANGUAGE = {"中文"}  # the button that leads to it
# the words of a screen, without what looks like a name of the machine and what somebody typed
WORDS_JS = """() => {
  const found = [], skip = 'code, pre, kbd, script, noscript, style, svg, textarea, .cm-content'
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walk.nextNode()) {
    const text = walk.currentNode.data.trim()
    if (text && !walk.currentNode.parentElement.closest(skip)) found.push(text)
  }
  for (const one of document.querySelectorAll('[aria-label], [title], [placeholder], [alt]'))
    for (const name of ['aria-label', 'title', 'placeholder', 'alt'])
      if (one.getAttribute(name) && !one.closest('code, pre')) found.push(one.getAttribute(name))
  return [...found, document.title]
}"""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def seat(browser, stage):
    """A window that is kept open for all screens."""
    place = Place("desk", "zh-CN")
    context = browser.new_context(**place.options())
    yield Seat(stage.demo.ready["url"], place, context).open()
    context.close()


@pytest.fixture
def shown(seat, stage, screen, tmp_path, request):
    """The screen at the desk, standing still; a picture of it is kept when the test fails."""
    # nobody is told so once by everything that is asked at the start
    seat.watch.allowed = {(401, "/api/v1/")} if screen.who == "nobody" else set()
    seat.page.goto("about:blank")  # what the last screen still asks for ends with its session
    seat.sit_at_the_desk()
    if screen.who == "nobody":
        seat.context.clear_cookies()
    elif screen.who == "leader":
        seat.sign_in_as(stage.as_(stage.leader_of("CNC-12", "zh-CN", of="-tour")))
    else:
        seat.sign_in_as(stage.as_(stage.administrator("zh-CN", of="-tour")))
    seat.watch.take()
    seat.go(screen.path(stage))
    seat.place = Place("desk", seat.language())
    if screen.open:
        screen.open(seat)
        seat.settle()
        seat.page.wait_for_timeout(150)  # drawers slide in
    yield seat
    if request.session.testsfailed:
        seat.page.screenshot(path=tmp_path / "screen.png")
        print(f"picture: {tmp_path / 'screen.png'}")


@pytest.mark.parametrize("screen", SCREENS, ids=str)
def test_a_screen_is_in_order(shown, stage, screen):
    """At the desk, then on a phone in the other language and the dark.

    The other language becomes the account's own: every other screen is opened in English.
    """
    opened = shown.language()
    check(shown, stage, screen)
    check(shown.turn(), stage, screen, is_typed=screen.is_typed)
    assert {opened, shown.language()} == {"zh-CN", "en"}


def check(seat, stage, screen, *, is_typed=False):
    """No error, nothing cut off, every word in the language of the place."""
    seat.keep_picture(screen.name)
    assert seat.watch.take() == []
    assert not seat.is_wider_than_the_screen()
    words = seat.page.evaluate(WORDS_JS)
    assert [w for w in words if untranslated(w)] == []
    if seat.place.language == "en":
        assert is_typed or [w for w in words if interface_chinese(w, stage)] == []
        # once is enough: what axe looks at does not depend on the language
        assert grave_problems(seat.page) == []
    assert seat.watch.take() == []


def untranslated(text):
    """A key of the texts instead of the text; names of definitions have dots too."""
    return any(not is_name(found) for found in KEY.findall(text))


def is_name(text):
    """Names of definitions, of a host, of a file; and "e.g."."""
    return text.startswith(("quality_red_line.", "performance_core.", "sys.", "shots.")) or (
        text.endswith((".example", ".com", ".png", ".pdf")) or text == "e.g"
    )


def interface_chinese(text, stage):
    """Chinese that is not a name from the data."""
    if text in OTHER_LANGUAGE:
        return False
    for word in stage.words_of_data:
        text = text.replace(word, "")
    return CHINESE.search(text) is not None


def grave_problems(page):
    """What axe finds that keeps somebody out."""
    found = Axe().run(page, options={**STANDARD, "resultTypes": ["violations"]}).response
    return [
        (each["id"], each["impact"], node["html"][:200], node["failureSummary"][:300])
        for each in found["violations"]
        if each["impact"] in GRAVE
        for node in each["nodes"]
    ]
