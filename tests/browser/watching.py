"""What a page must never do: log an error, fail a request, break its content policy."""

from dataclasses import dataclass, field

CSP = """
document.addEventListener('securitypolicyviolation', (event) =>
  console.error(`CSP ${event.violatedDirective} ${event.blockedURI}`))
"""
# asking who is signed in before anybody is: the client's way to learn that it must ask
ASKS_WHO = "/api/v1/session"


@dataclass
class Watch:
    """Collects what goes wrong on a page; `allowed` are answers a test provokes on purpose."""

    problems: list[str] = field(default_factory=list)
    allowed: set[tuple[int, str]] = field(default_factory=set)
    pending: set = field(default_factory=set)  # requests without an answer yet

    def follow(self, page):
        """Listen from now on."""
        page.add_init_script(CSP)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on("request", self._asked)
        page.on("requestfinished", self._finished)
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)
        return page

    def allow(self, status, part):
        """Such an answer from an address with this part is what the test wants to see."""
        self.allowed.add((status, part))

    def take(self):
        """What went wrong since the last time."""
        found, self.problems = self.problems, []
        return found

    def _said(self, message):
        # a refused request is judged by its answer; the console only repeats it
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.problems.append(f"console {message.type}: {message.text[:400]}")

    def _asked(self, request):
        self.pending.add(request)

    def _finished(self, request):
        self.pending.discard(request)

    def _failed(self, request):
        self.pending.discard(request)
        if request.failure != "net::ERR_ABORTED":  # left by going elsewhere
            self.problems.append(f"failed: {request.method} {request.url} {request.failure}")

    def _answered(self, response):
        status, url = response.status, response.url
        if status < 400 or (status == 401 and url.endswith(ASKS_WHO)):
            return
        if not any(status == code and part in url for code, part in self.allowed):
            self.problems.append(f"{status}: {response.request.method} {url}")
