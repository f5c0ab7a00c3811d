// The key lives here and nowhere else: not in storage, not in an address, not in the document.
let key = '';

export const hasKey = () => key !== '';

export function useKey(text) {
  key = text;
}

/**
 * Sends a request. Whatever comes of it is an answer: one that never came has status 0. Only a request that was given
 * up throws.
 *
 * @returns {Promise<{status: number, headers: Headers, body: any, ms: number, problem: ?object}>} ms from sending to
 *     the last byte; a problem has title, detail and kind
 */
export async function call(method, path, {body, headers = {}, signal} = {}) {
  const began = performance.now();
  try {
    const response = await sent(path, {
      method,
      headers: {
        ...(body === undefined ? {} : {'Content-Type': 'application/json'}),
        ...(hasKey() ? {'X-Api-Key': key} : {}),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: 'omit',
      signal,
    });
    const text = await response.text();
    return answer(response, text, performance.now() - began);
  } catch (error) {
    if (signal?.aborted) {
      throw error;
    }
    return lost(performance.now() - began);
  }
}

/** A lost GET is sent once more: browsers drop connections when the network changes, be it by a container's start. */
async function sent(path, options) {
  try {
    return await fetch(path, options);
  } catch (error) {
    if (options.method !== 'GET' || options.signal?.aborted) {
      throw error;
    }
    return fetch(path, options);
  }
}

function answer(response, text, ms) {
  const body = parsed(text);
  return {
    status: response.status,
    headers: response.headers,
    body,
    ms,
    problem: response.ok ? null : problem(response.status, body),
  };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    // Metrics are plain text.
    return text;
  }
}

function problem(status, body) {
  if (body?.type?.startsWith('urn:promptlab:problem:')) {
    return {...body, kind: body.type.slice('urn:promptlab:problem:'.length)};
  }
  // What stands before PromptLab, such as API Gateway, has answers of its own.
  return {
    kind: 'gateway',
    status,
    title: 'PromptLab did not get to answer',
    detail: `What stands before it answered with ${status}${body?.message ? `: ${body.message}` : ''}.`,
  };
}

function lost(ms) {
  return {
    status: 0,
    headers: new Headers(),
    body: null,
    ms,
    problem: {
      kind: 'unreachable',
      status: 0,
      title: 'PromptLab does not answer',
      detail: 'The request got no answer: it is not running any more, or the network is down.',
    },
  };
}

/** Waits, unless the signal ends it. */
export function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        reject(signal.reason);
      },
      {once: true},
    );
  });
}

/** The seconds of Retry-After; 0 if it is not there. */
export const retryAfter = (reply) => Number(reply.headers.get('Retry-After') ?? 0);
