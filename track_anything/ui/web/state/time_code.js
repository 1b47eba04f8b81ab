// Frames as the hours, minutes and seconds that people read.

const ROUNDING = 1e-6; // frames; a rate like 30000/1001 is not exact

/**
 * "00:00:04:12": hours, minutes, seconds, and the frame within that second, from 0, as editing programs write it. `rate` is in frames per second and
 * need not be whole; the seconds are those of the clock. Without a rate there is no time: "".
 * @param {number} frame
 * @param {number} rate
 */
export function timeCode(frame, rate) {
  if (!(rate > 0)) return "";
  const second = Math.floor(frame / rate + ROUNDING);
  const rest = frame - Math.ceil(second * rate - ROUNDING);
  const [hours, minutes, seconds] = [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60];
  const digits = Math.max(2, String(Math.ceil(rate) - 1).length);
  return [padded(hours, 2), padded(minutes, 2), padded(seconds, 2), padded(rest, digits)].join(":");
}

/** @param {number} number @param {number} digits */
function padded(number, digits) {
  return String(number).padStart(digits, "0");
}
