// Presents a key with every request of the conformance suite, which cannot do so by itself: `node --import`.
import http from 'node:http';
import { Agent, setGlobalDispatcher } from 'undici';

const key = process.env.MCP_TEST_KEY;
if (key) {
  const named = (headers) => (headers?.[Symbol.iterator] && !Array.isArray(headers) ? [...headers] : Object.entries(headers ?? {}));
  const present = (dispatch) => (options, handler) => {
    const headers = Array.isArray(options.headers)
      ? [...options.headers, 'authorization', `Bearer ${key}`]
      : Object.fromEntries([...named(options.headers), ['authorization', `Bearer ${key}`]]);
    return dispatch({ ...options, headers }, handler);
  };
  setGlobalDispatcher(new Agent().compose(present));

  const request = http.request;
  http.request = (...args) => {
    const options = args.find((argument) => typeof argument === 'object' && !(argument instanceof URL));
    if (options) options.headers = { ...options.headers, authorization: `Bearer ${key}` };
    return request(...args);
  };
}
