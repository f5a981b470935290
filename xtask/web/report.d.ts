// The shape of a report, as `crates/compliance/src/report.rs` and its neighbours write it. It is no part of the OpenAPI
// document, since what is signed has a form of its own.
declare namespace Evidence {
  type Status =
    | 'satisfied_measured'
    | 'satisfied_attested'
    | 'partial'
    | 'not_satisfied'
    | 'unknown'
    | 'stale'
    | 'not_applicable'
    | 'not_yet_applicable';
  type Window = { from: string; to: string };
  type NotShown = { kind: string; told: string; about?: string[] };
  type Gap = { id: string; kind: 'check' | 'control'; status: Status; why: string; from?: string; closes?: string[] };
  type Check = { status: Status; why: string; fields: string[]; provisions: string[]; controls?: Record<string, number> };
  type Field = {
    filed_under: string;
    provision: string;
    status: Status;
    value?: string;
    why: string;
    standing?: string;
    by?: string;
    probes?: string[];
  };
  type Duty = {
    id: string;
    ref: string;
    title: string;
    duty?: string;
    status: Status;
    evaluated?: Status;
    why: string;
    applies_from?: string;
    date_confidence?: string;
    other_reading?: string;
    bearer?: string[];
    evidence_mode: string;
    probes: string[];
    statements: string[];
    policies?: string[];
    reach?: string;
    note?: string;
  };
  type Framework = { id: string; title: string; version?: string; note?: string; controls: Duty[] };
  type Figure = { count?: number; text?: string; list?: string[]; at?: string };
  type Reading = {
    probe: string;
    version: number;
    verdict: string;
    told: string;
    value: Record<string, Figure>;
    window: Window;
    records?: [number, number];
    cited?: number[];
    fresh_until?: string;
    enforcement?: boolean;
  };
  type Statement = {
    field: string;
    value: string;
    reason?: string;
    standing: string;
    why: string;
    by: string;
    function?: string;
    on: string;
    expires: string;
    document?: string;
    record?: number;
  };
  type Report = {
    made_at: string;
    as_of: string;
    agent: { id: string; name: string; owner: string; team: string; risk_level: string; mode: string; grades: string[]; purpose: string };
    roles: string[];
    catalogue: { version: string; as_of: string; warning?: string };
    log: { origin: string; size: number; root: string; first_kept: number; signed?: boolean; witnesses: { name: string; size: number }[] };
    policy: { environment: string; enforced: string[]; shadow: string[] };
    window: Window;
    not_shown: NotShown[];
    compliance_score: string;
    headline: string;
    record: Record<string, Field>;
    checks: Record<string, Check>;
    gaps: Gap[];
    frameworks: Framework[];
    readings: Reading[];
    statements: Statement[];
  };
}
