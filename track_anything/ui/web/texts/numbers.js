// Numbers, sizes and times as people say them.

const DAY = 24 * 3600; // seconds

/** A whole number. @param {number} value */
export const count = (value) => value.toLocaleString("en-GB");

/** Seconds that something takes. @param {number} seconds */
export function duration(seconds) {
  if (seconds < 1) return "< 1 s";
  if (seconds < 100) return `${Math.round(seconds)} s`;
  if (seconds < 6000) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** Bytes. @param {number} bytes */
export function byteSize(bytes) {
  if (bytes < 1e3) return `${bytes} B`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(0)} kB`;
  if (bytes < 1e9) return `${(bytes / 1e6).toFixed(1)} MB`;
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

/** The length of a clip in seconds as minutes and seconds: "1:05". @param {number} seconds */
export function clockTime(seconds) {
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, String(whole % 60).padStart(2, "0")];
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/**
 * The day of a time in seconds since 1970, as seen from `now`: "today, 14:02", "yesterday", "12 November".
 * @param {number} seconds
 * @param {number} [now]
 */
export function dayOf(seconds, now = Date.now() / 1000) {
  const [then, today] = [new Date(seconds * 1000), new Date(now * 1000)];
  const midnight = new Date(today.getFullYear(), today.getMonth(), today.getDate()).getTime() / 1000;
  const told = (/** @type {Intl.DateTimeFormatOptions} */ options) => then.toLocaleDateString("en-GB", options);
  if (seconds >= midnight) return `today, ${then.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })}`;
  if (seconds >= midnight - DAY) return "yesterday";
  if (then.getFullYear() === today.getFullYear()) return told({ day: "numeric", month: "long" });
  return told({ day: "numeric", month: "long", year: "numeric" });
}
