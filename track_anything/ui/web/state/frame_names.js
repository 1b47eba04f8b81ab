// What files of exported frames are called; the server makes them, see `export/naming.py`.

/** @import { FrameNaming } from "./store.js" */

/** Whether frames are called as each form has it. @param {FrameNaming} naming */
export const isUsual = ({ first, digits, template }) => first === null && digits === 5 && template === "";

/**
 * What one file would be called, without its suffix.
 * @param {FrameNaming} naming
 * @param {{ project: string, object: string, form: string, frame: number }} words
 */
export function exampleName({ first, digits, template }, { frame, ...words }) {
  const said = /** @type {Record<string, string>} */ ({ ...words, frame: String(first ?? frame).padStart(digits, "0") });
  return (template || "{frame}").replace(/{(\w*)}/g, (token, name) => said[name] ?? token);
}
