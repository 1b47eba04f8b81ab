// Where tracking has stopped for another shot: go on past the cut, or say which object is not in it.

import { button, el } from "../elements/dom.js";
import { isOnItsWay } from "../state/store.js";

/** @import { Page } from "../main.js" */

/** The question, in the bar; its elements stay the same while it is asked. @param {Page} page */
export function cutQuestion({ store, actions, texts }) {
  const words = texts.cut;
  const asked = el("span", { className: "ta-asked", role: "status" });
  const goOn = button({ label: words.goOn, className: "ta-small", id: "ta-past-cut", onclick: () => actions.control("continue") });
  goOn.title = words.goOnTip;
  const which = el("select", { className: "ta-select", "aria-label": words.which, id: "ta-cut-object" });
  const absent = button({ label: words.absentOne, className: "ta-small", id: "ta-not-here", onclick: () => actions.sayAbsent(Number(which.value)) });
  const group = el("div", { className: "ta-group ta-cut", role: "group", "aria-label": words.title, id: "ta-cut" }, asked, goOn, which, absent);
  let listed = ""; // the objects that can be chosen
  store.subscribe(["project", "job"], ({ project, job }) => {
    const cut = project?.cut ?? null;
    group.hidden = cut === null || isOnItsWay(job);
    if (project === null || cut === null) return;
    asked.textContent = words.asked(cut.frame);
    asked.title = words.askedTip(cut.start, cut.stop);
    absent.title = words.absentTip(cut.start, cut.stop);
    const objects = project.objects.filter(({ id }) => cut.objects.includes(id));
    which.hidden = objects.length < 2;
    const face = absent.firstElementChild;
    if (face) face.textContent = objects.length === 1 ? words.absent(objects[0].name) : words.absentOne;
    absent.setAttribute("aria-label", face?.textContent ?? words.absentOne);
    const now = JSON.stringify(objects.map(({ id, name }) => [id, name]));
    if (now === listed) return; // it may be open
    listed = now;
    which.replaceChildren(...objects.map(({ id, name }) => el("option", { value: String(id) }, name)));
  });
  return group;
}
