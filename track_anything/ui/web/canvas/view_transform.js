// Where the picture lies on the stage. Pure geometry: no DOM, nothing changes in place.

/** @import { Point, Size } from "../state/types.js" */

const MOST_ZOOM = 40; // CSS pixels per source pixel
const KEPT_IN_SIGHT = 48; // CSS pixels of the picture that panning always leaves on the stage

/**
 * From source pixels to CSS pixels of the stage and back: stage = source * scale + offset.
 *
 * Source coordinates are continuous: pixel (i, j) covers [i, i + 1) x [j, j + 1).
 */
export class ViewTransform {
  /**
   * `video` and `stage` are sizes {width, height}: of a frame in source pixels, of the stage in CSS pixels.
   * @param {Size} video
   * @param {Size} stage
   * @param {number} scale
   * @param {number} x
   * @param {number} y
   */
  constructor(video, stage, scale, x, y) {
    this.video = video;
    this.stage = stage;
    this.scale = scale;
    this.x = x;
    this.y = y;
    Object.freeze(this);
  }

  /** The whole picture, as large as the stage allows, in the middle. @param {Size} video @param {Size} stage */
  static fit(video, stage) {
    const scale = fitScale(video, stage);
    const x = margin(stage.width, video.width * scale);
    const y = margin(stage.height, video.height * scale);
    return new ViewTransform(video, stage, scale, x, y);
  }

  /**
   * Zoom by a factor, within limits; what lies under `point` of the stage stays there.
   * @param {Point} point
   * @param {number} factor
   */
  zoomAbout(point, factor) {
    const fitted = fitScale(this.video, this.stage);
    const scale = clamp(this.scale * factor, fitted / 2, Math.max(MOST_ZOOM, fitted));
    const still = {
      // beside the picture: about its nearest point, or zooming in would push the picture off the stage
      x: clamp(point.x, this.x, this.x + this.video.width * this.scale),
      y: clamp(point.y, this.y, this.y + this.video.height * this.scale),
    };
    const source = this.toSource(still.x, still.y);
    return this.#with(scale, still.x - source.x * scale, still.y - source.y * scale);
  }

  /** Move the picture by CSS pixels; a bit of it stays in sight. @param {number} dx @param {number} dy */
  pan(dx, dy) {
    const { video, stage, scale } = this;
    const x = inSight(this.x + dx, video.width * scale, stage.width);
    const y = inSight(this.y + dy, video.height * scale, stage.height);
    return this.#with(scale, x, y);
  }

  /** The same view on a stage of another size: what was in the middle stays in the middle. @param {Size} stage */
  resized(stage) {
    const x = this.x + (stage.width - this.stage.width) / 2;
    const y = this.y + (stage.height - this.stage.height) / 2;
    return new ViewTransform(this.video, stage, this.scale, x, y).zoomAbout(middle(stage), 1).pan(0, 0);
  }

  /** Continuous source coordinates of a point of the stage. @param {number} x @param {number} y @returns {Point} */
  toSource(x, y) {
    return { x: (x - this.x) / this.scale, y: (y - this.y) / this.scale };
  }

  /** Point of the stage of continuous source coordinates. @param {number} x @param {number} y @returns {Point} */
  toStage(x, y) {
    return { x: x * this.scale + this.x, y: y * this.scale + this.y };
  }

  /**
   * The point of the picture, in sight, that is nearest to a point of the stage.
   * @param {Point} point
   * @returns {Point}
   */
  held({ x, y }) {
    const { stage, video, scale } = this;
    return {
      x: clamp(x, Math.max(this.x, 0), Math.min(this.x + video.width * scale, stage.width) - 1),
      y: clamp(y, Math.max(this.y, 0), Math.min(this.y + video.height * scale, stage.height) - 1),
    };
  }

  /**
   * The source pixel at a point of the stage, as whole numbers; null outside of the picture.
   * @param {number} x
   * @param {number} y
   */
  sourcePixel(x, y) {
    const pixel = this.#pixel(x, y);
    const { width, height } = this.video;
    const isInside = pixel.x >= 0 && pixel.x < width && pixel.y >= 0 && pixel.y < height;
    return isInside ? pixel : null;
  }

  /** The pixel of the picture that is nearest to a point of the stage. @param {number} x @param {number} y */
  nearestPixel(x, y) {
    const pixel = this.#pixel(x, y);
    return { x: clamp(pixel.x, 0, this.video.width - 1), y: clamp(pixel.y, 0, this.video.height - 1) };
  }

  /** @param {number} x @param {number} y @returns {Point} */
  #pixel(x, y) {
    const source = this.toSource(x, y);
    return { x: Math.floor(source.x), y: Math.floor(source.y) };
  }

  /** @param {number} scale @param {number} x @param {number} y */
  #with(scale, x, y) {
    return new ViewTransform(this.video, this.stage, scale, x, y);
  }
}

/** The middle of something with a size. @param {Size} size */
export const middle = ({ width, height }) => ({ x: width / 2, y: height / 2 });

/** @param {number} value @param {number} least @param {number} most */
const clamp = (value, least, most) => Math.min(Math.max(value, least), most);

/** @param {Size} video @param {Size} stage */
function fitScale(video, stage) {
  return Math.min(stage.width / video.width, stage.height / video.height);
}

/**
 * Half of what is left over; rounding errors must not move the picture off the edge of the stage.
 * @param {number} outer
 * @param {number} inner
 */
function margin(outer, inner) {
  const rest = outer - inner;
  return Math.abs(rest) < 1e-6 ? 0 : rest / 2;
}

/** @param {number} start @param {number} length @param {number} stageLength */
function inSight(start, length, stageLength) {
  const kept = Math.min(KEPT_IN_SIGHT, length, stageLength);
  return clamp(start, kept - length, stageLength - kept);
}
