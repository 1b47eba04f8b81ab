// Talking to the server that the page came from, and to nobody else.

/** What the server says is wrong; its message names the cause and the remedy. */
export class ServerError extends Error {
  /** `status` is that of HTTP; 0 = it cannot be reached. @param {string} message @param {number} status */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

export class Api {
  /** @param {typeof fetch} [fetchImpl] */
  constructor(fetchImpl = (...request) => fetch(...request)) {
    this.fetch = fetchImpl;
    /** @type {string | null} */
    this.projectId = null; // of the open project
  }

  /** Address of something that belongs to the open project. @param {string} path */
  ofProject(path) {
    return `/api/projects/${this.projectId}${path}`;
  }

  /** @param {string} path @param {RequestInit} [options] @returns {Promise<any>} */
  get(path, options = {}) {
    return this.#json(path, options);
  }

  /** @param {string} path @param {object} [body] @param {RequestInit} [options] @returns {Promise<any>} */
  post(path, body = {}, options = {}) {
    const headers = { "Content-Type": "application/json" };
    return this.#json(path, { method: "POST", headers, body: JSON.stringify(body), ...options });
  }

  /** Bytes, as they are. @param {string} path @param {RequestInit} [options] */
  async bytes(path, options = {}) {
    const response = await this.#answer(path, options);
    return new Uint8Array(await response.arrayBuffer());
  }

  /** A picture, decoded and ready to draw. @param {string} path @param {RequestInit} [options] */
  async picture(path, options = {}) {
    const response = await this.#answer(path, options);
    return createImageBitmap(await response.blob());
  }

  /**
   * Send a file, calling `progress(share)` as it goes. `fetch` cannot tell how much has been sent.
   * @param {string} path
   * @param {File} file
   * @param {(share: number) => void} progress
   * @param {AbortSignal} [signal]
   * @returns {Promise<any>}
   */
  upload(path, file, progress, signal) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", path);
      request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
      request.onload = () => {
        if (request.status < 400) resolve(JSON.parse(request.responseText));
        else reject(new ServerError(messageOf(request.responseText, request.status), request.status));
      };
      request.onerror = () => reject(new ServerError("The server cannot be reached: is it still running?", 0));
      request.onabort = () => reject(new DOMException("cancelled", "AbortError"));
      signal?.addEventListener("abort", () => request.abort());
      request.send(file);
    });
  }

  /** @param {string} path @param {RequestInit} options */
  async #json(path, options) {
    const response = await this.#answer(path, options);
    return response.status === 204 ? null : response.json();
  }

  /** @param {string} path @param {RequestInit} options @returns {Promise<Response>} */
  async #answer(path, options) {
    let response;
    try {
      response = await this.fetch(path, { credentials: "same-origin", ...options });
    } catch (error) {
      if (/** @type {Error} */ (error).name === "AbortError") throw error;
      throw new ServerError("The server cannot be reached: is it still running?", 0);
    }
    if (!response.ok) throw new ServerError(messageOf(await response.text(), response.status), response.status);
    return response;
  }
}

/** @param {string} text @param {number} status */
function messageOf(text, status) {
  try {
    const { detail } = JSON.parse(text);
    if (typeof detail === "string") return detail;
  } catch {
    // not JSON: the status has to do
  }
  return `The server answered with status ${status}: try again, or reload the page`;
}
