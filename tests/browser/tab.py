"""A page of the browser that one visitor after the other uses."""

from playwright.sync_api import Browser, Page

SIZE = (1280, 800)


class Tab:
    """A page that is left as it was found; loading the editor in a new one takes twice the time.

    Args:
        browser: where it is.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._page: Page | None = None

    def take(self) -> Page:
        """The page, empty, and without anything that a visitor before has left."""
        if self._page is None:
            context = self._browser.new_context(
                viewport={"width": SIZE[0], "height": SIZE[1]},
                device_scale_factor=1,
                color_scheme="light",
                reduced_motion="reduce",
            )
            self._page = context.new_page()
        return self._page

    def give_back(self, address: str) -> None:
        """Take away what a visitor of a server left: document, cookies, storage, size and pointer."""
        page = self._page
        if page is None:
            return
        if page.is_closed() or len(page.context.pages) > 1:
            self._page = None
            page.context.close()
            return
        page.goto("about:blank")
        page.set_viewport_size({"width": SIZE[0], "height": SIZE[1]})
        page.mouse.move(0, 0)
        page.context.clear_cookies()
        storage = page.context.new_cdp_session(page)
        storage.send("Storage.clearDataForOrigin", {"origin": address, "storageTypes": "all"})
        storage.detach()
