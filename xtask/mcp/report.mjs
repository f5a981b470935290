// Cases, told one a line while they run, and counted at the end.
import { performance } from 'node:perf_hooks';

export class Failure extends Error {}

/** Ends the case with `message`, unless `holds`. */
export function expect(holds, message) {
  if (!holds) throw new Failure(typeof message === 'function' ? message() : message);
}

export class Report {
  constructor({ json, only, match = '' }) {
    this.json = json;
    this.only = only;
    this.match = match;
    this.cases = [];
  }

  wants(section) {
    return this.only.length === 0 || this.only.includes(section);
  }

  /** Runs a section; where it cannot even begin, that is a case that failed. */
  async section(name, run) {
    try {
      await run();
    } catch (error) {
      await this.case(name, `${this.match}the section runs to its end`, () => Promise.reject(error));
    }
  }

  /** Runs a case: it passes when `run` returns, and what it returns is told; it fails when `run` throws or is slow. */
  async case(section, name, run, seconds = 90) {
    if (!name.includes(this.match)) return;
    const begun = performance.now();
    let told;
    let error;
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Failure(`still running after ${seconds} s`)), seconds * 1000);
    });
    try {
      told = await Promise.race([run(), late]);
    } catch (thrown) {
      error = (thrown instanceof Failure ? thrown.message : (thrown?.stack ?? String(thrown))).slice(0, 6000);
    }
    clearTimeout(timer);
    const took = (performance.now() - begun) / 1000;
    const row = { section, case: name, passed: error === undefined, seconds: Math.round(took * 10) / 10 };
    if (told) row.told = told;
    if (error) row.error = error;
    this.cases.push(row);
    if (this.json) console.log(JSON.stringify(row));
    else console.log(`${row.passed ? 'ok  ' : 'FAIL'}  ${section}: ${name}${told ? `: ${told}` : ''}  (${took.toFixed(1)} s)`);
    if (error && !this.json) console.log(error.replace(/^/gm, '        '));
  }

  /** Prints how many passed, by section, and returns whether all did. */
  close() {
    const sections = [...new Set(this.cases.map((row) => row.section))];
    const rows = sections.map((section) => {
      const of = this.cases.filter((row) => row.section === section);
      const passed = of.filter((row) => row.passed).length;
      const seconds = of.reduce((sum, row) => sum + row.seconds, 0);
      return { section, passed, failed: of.length - passed, seconds };
    });
    const all = rows.length > 0 && rows.every((row) => row.failed === 0);
    if (this.json) return all;
    console.log(`\n${'section'.padEnd(14)} ${'passed'.padStart(6)} ${'failed'.padStart(6)} ${'seconds'.padStart(8)}`);
    for (const { section, passed, failed, seconds } of rows) {
      const figures = [String(passed).padStart(6), String(failed).padStart(6), seconds.toFixed(1).padStart(8)];
      console.log([section.padEnd(14), ...figures].join(' '));
    }
    const passed = this.cases.filter((row) => row.passed).length;
    console.log(`${passed} passed, ${this.cases.length - passed} failed`);
    return all;
  }
}
