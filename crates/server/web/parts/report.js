// A report about an agent, computed when it is asked for and kept while the page is: none is made twice by going back.

import { compute, path, withQuery } from '../api.js';
import { useEffect, useState } from '../view.js';

/** @type {Map<string, Evidence.Report>} */
const made = new Map();

/** @param {string} agent */
export function forget(agent) {
  for (const key of [...made.keys()]) if (key.startsWith(`${agent} `)) made.delete(key);
}

/** Where a report is. @param {string} agent @param {Record<string, string>} query */
export const place = (agent, query) => withQuery(`${path('v1', 'agents', agent)}/compliance`, query);

/**
 * @param {string} agent
 * @param {string} asOf the day whose law is asked for; today where it is empty
 * @returns {{ data: Evidence.Report | null, problem: Error | null, asking: boolean, again: () => void }}
 */
export function useReport(agent, asOf) {
  const key = `${agent} ${asOf}`;
  const [round, setRound] = useState(0);
  const [problem, setProblem] = useState(/** @type {Error | null} */ (null));
  const [asking, setAsking] = useState(false);
  useEffect(() => {
    setProblem(null);
    setAsking(!made.has(key));
    if (made.has(key)) return undefined;
    const abort = new AbortController();
    compute(place(agent, { as_of: asOf }), abort.signal).then(
      (report) => (made.set(key, report), setAsking(false)),
      (error) => abort.signal.aborted || (setProblem(error), setAsking(false)),
    );
    return () => abort.abort();
  }, [key, round]);
  const again = () => (made.delete(key), setRound(round + 1));
  return { data: made.get(key) ?? null, problem, asking, again };
}

/** Takes `5/7: 3 measured, 2 attested; …` apart. @param {string} headline @returns {[string, string]} */
export function scored(headline) {
  const [score = '', rest = ''] = headline.split(/: (.*)/s);
  return [score, rest];
}
