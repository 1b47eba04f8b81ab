"""A first visit to the editor with the sample clip, from opening it to handing it out, before a camera.

The Earth turns: a click on the globe is followed as long as one likes, painted lights of a city are not.
"""

from typing import Protocol

from tests.browser.editor_page import Editor

_PATIENCE = 1_200_000  # ms for tracking
_BESIDE = (1150, 300)  # CSS pixels; away from the picture, where the pointer shows a preview
_MIDDLE = 75  # a frame that shows as much as any where nothing is in doubt


class Camera(Protocol):
    """What takes pictures of a visit.

    Attributes:
        moments: how many pictures to take of each thing that takes a while; 0 = none of what passes.
    """

    moments: int

    def take(self, name: str) -> None:
        """A state that one stops at, and what it is called."""

    def pass_by(self) -> None:
        """A moment on the way to the next state."""


class Cameras:
    """Several that look at the same visit."""

    def __init__(self, *cameras: Camera) -> None:
        self._cameras = cameras
        self.moments = max(camera.moments for camera in cameras)

    def take(self, name: str) -> None:
        """A state, by each of them."""
        for camera in self._cameras:
            camera.take(name)

    def pass_by(self) -> None:
        """A moment, for each of them."""
        for camera in self._cameras:
            camera.pass_by()


class FirstVisit:
    """One person's visit.

    Args:
        editor: the page, just loaded.
        camera: what looks on.
    """

    def __init__(self, editor: Editor, camera: Camera) -> None:
        self._editor = editor
        self._page = editor.page
        self._camera = camera

    def go(self) -> None:
        """A first object by a click, a second one painted; tracked, found drifted, corrected, exported."""
        editor, page, camera = self._editor, self._page, self._camera
        camera.take("empty")
        page.click("#ta-sample")
        editor.wait_until("state.project !== null")
        editor.wait_for_job()
        editor.wait_for_frame(0)
        self._pass_over((200, 150))
        editor.click_pixel(200, 150)
        self._name(0, "earth")
        page.mouse.move(*_BESIDE)
        camera.take("clicking")

        with editor.changing():
            page.keyboard.press("a")
        page.keyboard.press("r")
        self._pass_over((240, 125))
        with editor.changing():
            editor.drag_pixels((240, 125), (252, 131))
        page.keyboard.press("c")
        self._name(1, "city lights")
        if camera.moments:
            page.click("#ta-follow")
        self._track()
        page.keyboard.press("n")
        editor.wait_until("state.toFix !== null && state.busy === 0")
        if editor.state("state.toFix.count") == 0:
            page.evaluate(f"trackAnything.actions.seek({_MIDDLE})")
        editor.wait_until("state.about?.frame === state.frame")
        editor.wait_for_frame(editor.state("state.frame"))
        page.mouse.move(*_BESIDE)
        camera.take("tracked")

        self._pass_over((238, 100))
        with editor.changing():
            editor.drag_pixels((238, 100), (290, 160))
        page.mouse.move(*_BESIDE)
        camera.take("correcting")

        self._track()
        self._look_through()
        self._hand_out()

    def _hand_out(self) -> None:
        editor, page, camera = self._editor, self._page, self._camera
        page.click("#ta-export-as")
        page.click("#ta-export-overlay")
        editor.wait_until("state.job.kind === 'export' && state.job.done > 20")
        camera.take("exporting")
        editor.wait_for_job()
        page.keyboard.press("Escape")
        editor.wait_until("state.messages.length === 0")
        page.click("#ta-theme")
        page.select_option("#ta-view", "dimmed")
        camera.take("dark")

    def _pass_over(self, pixel: tuple[float, float]) -> None:
        """Let the pointer rest on a pixel of the picture."""
        self._page.mouse.move(*self._editor.place_of(*pixel))
        if self._camera.moments:
            self._camera.pass_by()

    def _name(self, place: int, name: str) -> None:
        with self._editor.changing():
            self._page.locator(".ta-name").nth(place).fill(name)
            self._page.keyboard.press("Enter")

    def _track(self) -> None:
        editor, moments = self._editor, self._camera.moments
        with editor.changing():
            self._page.click("#ta-track")
        self._page.mouse.move(*_BESIDE)
        for moment in range(1, moments):
            editor.wait_until(
                "!['ready', 'running', 'paused'].includes(state.job?.status)"
                f" || state.job.done >= state.job.total * {moment / moments}",
                patience=_PATIENCE,
            )
            self._camera.pass_by()
        editor.wait_for_job(patience=_PATIENCE)

    def _look_through(self) -> None:
        """Play what was tracked, as far as a camera looks at what passes."""
        editor, moments = self._editor, self._camera.moments
        last: int = editor.state("state.project.video.frames - 1")
        for moment in range(moments):
            frame = last * moment // max(moments - 1, 1)
            self._page.evaluate(f"trackAnything.actions.seek({frame})")
            editor.wait_for_frame(frame)
            self._camera.pass_by()
