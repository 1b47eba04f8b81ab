// Playing: the frame that is due is shown; frames that cannot be had in time are left out.

/** @import { Page } from "../main.js" */

/** Play while `store.state.playing`. @param {Page} page */
export function startPlayer({ store, actions, pictures }) {
  store.subscribe(["playing"], ({ playing }) => playing && play());

  function play() {
    const { project } = store;
    const [start, stop] = project.range ?? [0, project.video.frames];
    const isAtEnd = store.state.frame >= stop - 1 || store.state.frame < start;
    if (isAtEnd) actions.seek(start);
    let [since, from] = [performance.now(), store.state.frame];
    const tick = (/** @type {number} */ now) => {
      const { playing, frame } = store.state;
      if (!playing || store.state.project?.id !== project.id) return;
      const due = from + Math.floor(((now - since) / 1000) * project.video.rate);
      if (due >= stop) {
        actions.seek(stop - 1);
        store.set({ playing: false });
        return;
      }
      pictures.prefetch(frame, 1);
      if (due > frame) {
        if (pictures.peekImage(due)) actions.seek(due);
        else if (pictures.peekImage(frame + 1)) [since, from] = [now, frame + 1]; // late: go on from there
      }
      if (due > frame && store.state.frame === frame) {
        [since, from] = [now, frame];
        pictures.image(Math.min(frame + 1, stop - 1)).then(() => store.state.playing && actions.seek(frame + 1), () => {});
      }
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }
}
