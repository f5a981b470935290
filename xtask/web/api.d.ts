// The shapes of the HTTP API, written by `cargo xtask vendor` from crates/server/openapi.json; edit nothing here.
declare namespace Api {
  type AccessRequest = {
    expires_at: string;
    task: AccessTask;
  };
  type AccessTask = {
    id: string;
    links: Record<string, string>;
    status: string;
    status_endpoint: string;
  };
  type AddHold = {
    agent?: string | null;
    reason: string;
    session?: string | null;
    since?: string | null;
    until?: string | null;
    user?: string | null;
  };
  type AgentBody = {
    actions?: (string)[] | null;
    approvers?: string | null;
    capabilities: (string)[];
    enforcement_grade?: string | null;
    file: string;
    id: string;
    last_seen?: string | null;
    max_transaction_amount: string;
    mode: string;
    name: string;
    owner: OwnerBody;
    purpose: string;
    requires_human_approval: boolean;
    risk_level: string;
    state: string;
    suspended: boolean;
    suspended_reason?: string | null;
    version: string;
  };
  type AgentHour = {
    actions: number;
    at: string;
    denied: number;
    held: number;
  };
  type AgentLimits = {
    limits: (LimitBody)[];
  };
  type AgentOverview = {
    actions_24h: number;
    agent: string;
    anomaly?: AnomalyBody | null;
    approvals_pending: number;
    assessed?: string | null;
    checklist?: string | null;
    denied_24h: number;
    enforcement_grade?: string | null;
    held_24h: number;
    hours: (AgentHour)[];
    last_seen?: string | null;
    mode: string;
    name: string;
    owner: OwnerBody;
    risk_level: string;
    state: string;
    suspended_reason?: string | null;
    top_violation?: TopViolation | null;
  };
  type AgentPolicies = {
    policies: (PolicyTextBody)[];
  };
  type AgentTools = {
    mode: string;
    policy_revision: string;
    tools: (ToolBody)[];
    vanished: (string)[];
  };
  type Agents = {
    agents: (AgentBody)[];
  };
  type AnomalyBody = {
    score: number;
    signal: string;
    told: string;
  };
  type ApprovalBody = {
    action: string;
    action_id: string;
    affected_people?: number | null;
    agent: string;
    amount?: string | null;
    details?: ApprovalDetailsBody | null;
    ended_at?: string | null;
    enforcement_grade: string;
    expires_at: string;
    groups: (GroupProgress)[];
    id: string;
    message: string;
    needs_key: boolean;
    on_behalf_of: (string)[];
    opened_at: string;
    owner?: string | null;
    people: number;
    policies: (string)[];
    reason?: string | null;
    recipients: number;
    retry_after_s?: number | null;
    risk_level: string;
    session_id?: string | null;
    status: string;
    tool?: string | null;
    url: string;
    used_by?: string | null;
    votes: (VoteBody)[];
  };
  type ApprovalDetailsBody = {
    alike: (EarlierApproval)[];
    args?: Record<string, any> | null;
    before: (EarlierAction)[];
    event: Event;
    trail: (TrailEntry)[];
  };
  type ApprovalHint = {
    expires_at: string;
    id: string;
    message: string;
    reason?: string | null;
    retry_after_s?: number | null;
    status: string;
    url: string;
  };
  type ApprovalStatistics = {
    actions: number;
    groups: (GroupStatistics)[];
    holds: number;
    holds_per_100_actions: number;
    kinds: (KindStatistics)[];
    since: string;
    whole: boolean;
  };
  type Approvals = {
    approvals: (ApprovalBody)[];
    next_cursor?: string | null;
    pending?: number | null;
  };
  type AskBreakGlass = {
    agent: string;
    length_s: number;
    reason: string;
  };
  type AssessmentBody = {
    agent: string;
    by?: string | null;
    checklist?: ChecklistCountBody | null;
    headline?: string | null;
    mode: string;
    name: string;
    owner: OwnerBody;
    reports: (ReportPointBody)[];
    risk_level: string;
  };
  type Assessments = {
    agents: (AssessmentBody)[];
  };
  type AuthzenMetadata = {
    access_evaluation_endpoint: string;
    access_evaluations_endpoint: string;
    policy_decision_point: string;
  };
  type BackupBody = {
    by: string;
    error?: string | null;
    made?: MadeBackup | null;
    path: string;
    started_at: string;
    status: string;
  };
  type Backups = {
    backups: (BackupBody)[];
  };
  type BreakGlassBody = {
    agent: string;
    asked_at: string;
    asked_by: string;
    expires_at: string;
    id: string;
    length_s: number;
    lifted: number;
    note?: string | null;
    opened_at?: string | null;
    opened_by?: string | null;
    reason: string;
    reviewed_at?: string | null;
    reviewed_by?: string | null;
    status: string;
    until?: string | null;
  };
  type BreakGlasses = {
    break_glass: (BreakGlassBody)[];
  };
  type CallContext = {
    agent?: string | null;
    agent_version?: string | null;
    args?: Record<string, any> | null;
    idempotency_key?: string | null;
    model?: string | null;
    on_behalf_of?: string | null;
    parent_action_id?: string | null;
    session_id?: string | null;
    user_id?: string | null;
  };
  type CastVote = {
    reason?: string | null;
    vote: string;
  };
  type CheckBody = {
    policy: string;
    reason?: string | null;
    result: string;
    severity: string;
    shadow: boolean;
  };
  type ChecklistBody = {
    agent: string;
    items: (ChecklistItemBody)[];
    open_required: (string)[];
    passed: boolean;
    risk_level: string;
  };
  type ChecklistCountBody = {
    at: string;
    done: number;
    items: number;
    passed: boolean;
    record: number;
  };
  type ChecklistItemBody = {
    by?: string | null;
    closes?: (string)[];
    id: string;
    probes?: (string)[];
    required: boolean;
    section: string;
    state: string;
    title: string;
    why: string;
  };
  type CloseIncident = {
    summary: string;
  };
  type CompactionBody = {
    bytes: number;
    error?: string | null;
    of: number;
    records: number;
    rewritten: number;
    segments: number;
    state: string;
  };
  type ComponentBody = {
    component: string;
    remedy?: string | null;
    state: string;
    told: string;
  };
  type ConditionBody = {
    failed: number;
    held: number;
    line?: number | null;
    text: string;
  };
  type CorrectiveBody = {
    done?: boolean;
    due: string;
    name: string;
  };
  type CreateKey = {
    agent?: string | null;
    approver?: string | null;
    days?: number | null;
    grade?: string | null;
    role: string;
  };
  type CreatedKey = {
    expires_at: string;
    id: string;
    key: string;
  };
  type Decided = {
    action_id: string;
    allowed: boolean;
    approval?: ApprovalHint | null;
    checks: (CheckBody)[];
    effect: string;
    filters_output?: boolean;
    mode: string;
    model_message: MessageBody;
    permit?: PermitBody | null;
    policy_revision: string;
    reasons: (string)[];
    record?: RecordBody | null;
    replayed?: boolean;
    risk_level: string;
  };
  type DecisionBody = {
    args?: Record<string, any> | null;
    asked_by: string;
    context?: Record<string, any> | null;
    event: Event;
    policy_revision: string;
    record: number;
  };
  type Decisions = {
    decisions: (DecisionBody)[];
    indexed_through: number;
    next_cursor?: string | null;
  };
  type DrillBody = {
    agent?: string | null;
    at: string;
    by: string;
    drill: string;
    figures: Record<string, number>;
    id: string;
    passed: boolean;
    record: number;
    told: string;
  };
  type Drills = {
    drills: (DrillBody)[];
  };
  type EarlierAction = {
    action: string;
    action_id: string;
    allowed: boolean;
    amount?: string | null;
    at: string;
    effect: string;
  };
  type EarlierApproval = {
    amount?: string | null;
    by: (string)[];
    id: string;
    opened_at: string;
    status: string;
  };
  type Entity = {
    id: string;
    properties?: Record<string, any> | null;
    type: string;
  };
  type Evaluate = {
    action: NamedAction;
    context?: CallContext | null;
    resource: Entity;
    subject: Entity;
  };
  type EvaluateAll = {
    action?: NamedAction | null;
    context?: CallContext | null;
    evaluations?: (EvaluateOr)[];
    options?: EvaluateOptions;
    resource?: Entity | null;
    subject?: Entity | null;
  };
  type EvaluateOptions = {
    evaluations_semantic?: Semantic;
  };
  type EvaluateOr = {
    action?: NamedAction | null;
    context?: CallContext | null;
    resource?: Entity | null;
    subject?: Entity | null;
  };
  type Evaluated = EvaluatedAll | Evaluation;
  type EvaluatedAll = {
    evaluations: (Evaluation)[];
  };
  type Evaluation = {
    context?: EvaluationContext | null;
    decision: boolean;
  };
  type EvaluationContext = {
    access_request?: AccessRequest | null;
    error?: EvaluationFault | null;
    evaluation_id?: string | null;
    governance?: GovernanceBody | null;
    reason: string;
    reason_admin?: Record<string, string>;
    reason_user?: Record<string, string>;
  };
  type EvaluationFault = {
    message: string;
    status: number;
  };
  type Event = {
    action: string;
    agent_name: string;
    agent_version: string;
    allowed: boolean;
    duration_ms?: number | null;
    event_id: string;
    input_tokens?: number | null;
    metadata: Record<string, any>;
    model: string;
    output_tokens?: number | null;
    policy_checks: (PolicyCheck)[];
    session_id: string;
    timestamp: string;
    tool_args?: Record<string, any> | null;
    tool_name?: string | null;
    tool_result?: Record<string, any> | null;
    user_id?: string | null;
  };
  type Events = {
    events: (Event)[];
    indexed_through: number;
    next_cursor?: string | null;
  };
  type Explanation = {
    decision: DecisionBody;
    now?: NowBody | null;
    unreadable?: string | null;
  };
  type FailedReload = {
    at: string;
    errors: number;
    first: string;
  };
  type FileDiff = {
    change: string;
    diff: string;
    left_out: boolean;
    path: string;
  };
  type FileFinding = {
    code: string;
    column?: number | null;
    file: string;
    hint?: string | null;
    line?: number | null;
    message: string;
  };
  type FilterText = {
    agent: string;
    json?: Record<string, any> | null;
    session_id?: string | null;
    text?: string | null;
  };
  type FilteredOutput = {
    error?: string | null;
    redacted: (string)[];
    result?: Record<string, any> | null;
    withheld?: string | null;
  };
  type FilteredText = {
    findings: (FindingBody)[];
    json?: Record<string, any> | null;
    text?: string | null;
  };
  type FindingBody = {
    checksum: boolean;
    context: boolean;
    end: number;
    evasion?: string | null;
    path?: string | null;
    pattern: string;
    score: number;
    start: number;
    type: string;
  };
  type GovernanceBody = {
    action_id: string;
    effect: string;
    mode: string;
    permit?: PermitBody | null;
    policy_revision: string;
    reasons: (string)[];
    record?: RecordBody | null;
    replayed?: boolean;
    retry: string;
    risk_level: string;
  };
  type GovernanceHealth = {
    findings: (HealthFinding)[];
    state: string;
  };
  type GroupProgress = {
    approved: number;
    group: string;
    needed: number;
  };
  type GroupStatistics = {
    approved: number;
    group: string;
    hasty: number;
    holds_per_100_actions: number;
    median_ms?: number | null;
    rejected: number;
    requests: number;
    timeout: number;
    votes: number;
  };
  type HealthFinding = {
    id: string;
    remedy: string;
    severity: string;
    told: string;
  };
  type HeldPolicy = {
    at: string;
    loosened: (LoosenedBody)[];
    proposed_by?: string | null;
    revision: string;
  };
  type IncidentBody = {
    agent: string;
    at: string;
    aware: string;
    by: string;
    class: string;
    clocks: (IncidentClockBody)[];
    closed?: IncidentClosedBody | null;
    correctives: (IncidentCorrectiveBody)[];
    hold: string;
    id: string;
    record: number;
    root: string;
    since: string;
    size: number;
    title: string;
    updates: (IncidentUpdateBody)[];
  };
  type IncidentBundle = {
    checkpoint: string;
    incident: IncidentBody;
    keys: (string)[];
    left_out: number;
    proofs: (ProvedRecord)[];
    timeline: (StreamRecord)[];
  };
  type IncidentClockBody = {
    basis: string;
    class: string;
    control: string;
    due: string;
    only_where?: string | null;
    reported?: string | null;
    seconds?: number | null;
    state: string;
  };
  type IncidentClosedBody = {
    at: string;
    by: string;
    record: number;
    summary: string;
  };
  type IncidentCorrectiveBody = {
    done?: string | null;
    due: string;
    name: string;
    overdue: boolean;
  };
  type IncidentUpdateBody = {
    at: string;
    authority?: string | null;
    by: string;
    class?: string | null;
    corrective?: CorrectiveBody | null;
    note: string;
    record: number;
    reported?: string | null;
  };
  type Incidents = {
    incidents: (IncidentBody)[];
  };
  type JudgedChecklistBody = {
    checklist: ChecklistBody;
    record: number;
  };
  type KeyBody = {
    expires_at: string;
    grade?: string | null;
    holder?: string | null;
    id: string;
    role: string;
    status: string;
  };
  type Keys = {
    keys: (KeyBody)[];
  };
  type KindStatistics = {
    action: string;
    agent: string;
    approved_in_a_row: number;
    last_approved: (string)[];
    policies: (string)[];
    requests: number;
  };
  type LimitBody = {
    apart?: number | null;
    counts: (string)[];
    eases_at?: string | null;
    limit: string;
    most: string;
    over: boolean;
    per: string;
    resets_at?: string | null;
    unit: string;
    used: string;
    whole: boolean;
    window_s?: number | null;
  };
  type LoosenedBody = {
    action?: string | null;
    agent?: string | null;
    what: string;
    witness?: unknown;
  };
  type MadeBackup = {
    bytes: number;
    files: number;
    master_key: boolean;
    origin: string;
    records: number;
    root: string;
    secrets: boolean;
  };
  type MakeBackup = {
    path: string;
    without_secrets?: boolean;
  };
  type MakeStatement = {
    document?: string | null;
    expires?: string | null;
    field: string;
    function: string;
    name: string;
    reason?: string | null;
    value: string;
  };
  type MessageBody = {
    code: string;
    retry: string;
    text: string;
  };
  type NamedAction = {
    name: string;
    properties?: Record<string, any> | null;
  };
  type NowBody = {
    allowed: boolean;
    effect: string;
    obstacles: (ObstacleBody)[];
    policy_revision: string;
    together?: string | null;
  };
  type ObstacleBody = {
    advice?: string | null;
    approval?: string | null;
    change?: string | null;
    check: CheckBody;
    origin?: string | null;
  };
  type OfferBody = {
    agent: string;
    at: string;
    server: string;
    tools: (OfferedTool)[];
  };
  type OfferTools = {
    server: string;
    tools: (Record<string, any>)[];
  };
  type OfferedTool = {
    action?: string | null;
    definition: Record<string, any>;
  };
  type OfferedTools = {
    offers: (OfferBody)[];
  };
  type OpenIncident = {
    agent: string;
    aware?: string | null;
    class: string;
    since?: string | null;
    title: string;
  };
  type OpenSession = {
    agent: string;
  };
  type OpenedSession = {
    agent: string;
    session_id: string;
  };
  type OutcomeStatus = "ok" | "error";
  type Overview = {
    agents: (AgentOverview)[];
    at: string;
    counted_through: number;
    governance: GovernanceHealth;
    totals: OverviewTotals;
  };
  type OverviewTotals = {
    actions: number;
    approvals_pending: number;
    denied: number;
    held: number;
    suspended: number;
  };
  type OwnerBody = {
    contact: string;
    person: string;
    team: string;
  };
  type PermitBody = {
    args_digest: string;
    expires_at: string;
    token: string;
  };
  type Policies = {
    policies: (PolicyBody)[];
  };
  type PolicyBody = {
    branches?: number | null;
    branches_seen?: number | null;
    conditions?: (ConditionBody)[] | null;
    count: number;
    covered?: boolean | null;
    denied_24h: number;
    effect: string;
    file?: string | null;
    held_24h: number;
    hits_24h: number;
    last_at?: string | null;
    line?: number | null;
    mode: string;
    origin: string;
    policy: string;
    severity?: string | null;
    shadow_24h: number;
    source?: string | null;
    tests?: number | null;
    texts?: (PolicyTextBody)[] | null;
  };
  type PolicyCheck = {
    policy: string;
    reason?: string | null;
    result: string;
    severity?: string | null;
    shadow?: boolean;
  };
  type PolicyRevision = {
    at: string;
    by: string;
    current: boolean;
    manifest: string;
    proposed_by?: string | null;
    record: number;
    revision: string;
  };
  type PolicyRevisions = {
    revisions: (PolicyRevision)[];
  };
  type PolicyStatus = {
    failed?: FailedReload | null;
    held?: HeldPolicy | null;
    restart_needed: (string)[];
  };
  type PolicyTextBody = {
    effect: string;
    file?: string | null;
    line?: number | null;
    mode: string;
    origin: string;
    policy: string;
    scope: string;
    severity: string;
    source: string;
  };
  type Problem = {
    detail: string;
    findings?: (FileFinding)[];
    held?: HeldPolicy | null;
    status: number;
    title: string;
    type: string;
  };
  type PromoteAgent = {
    actions: number;
    denied: number;
    held: number;
    signed_by: string;
    since: string;
  };
  type PromotedAgent = {
    agent: string;
    record: RecordBody;
  };
  type ProvedRecord = {
    index: number;
    proof: string;
  };
  type ProvenReport = {
    proofs?: string | null;
    record: number;
    report: Record<string, any>;
  };
  type PruneSegments = {
    dry_run?: boolean;
  };
  type PruningBody = {
    at: string;
    before: string;
    bytes: number;
    dropped: boolean;
    from: number;
    keeping?: number | null;
    kept_by: string;
    record?: number | null;
    segments: number;
    to: number;
  };
  type RecordBody = {
    index: number;
  };
  type RedactUser = {
    dry_run?: boolean;
    override_retention?: boolean;
    reason: string;
    user: string;
  };
  type RedactedUser = {
    dry_run: boolean;
    keys: number;
    newest?: string | null;
    oldest?: string | null;
    record?: RecordBody | null;
    records: number;
    unreached: (string)[];
    user_ref: string;
    young: number;
  };
  type ReleaseHold = {
    reason: string;
  };
  type ReloadPolicy = {
    accept_loosening?: string | null;
  };
  type ReloadedPolicy = {
    former: string;
    loosened: (LoosenedBody)[];
    record?: RecordBody | null;
    restart_needed: (string)[];
    revision: string;
  };
  type ReplaySink = {
    from: number;
  };
  type ReplayedSink = {
    from: number;
    records: number;
    sink: string;
  };
  type ReportOutcome = {
    args_digest: string;
    duration_ms?: number | null;
    error?: string | null;
    input_tokens?: number | null;
    model?: string | null;
    output_tokens?: number | null;
    result?: Record<string, any> | null;
    status: OutcomeStatus;
  };
  type ReportPointBody = {
    at: string;
    counts: Record<string, number>;
    record: number;
  };
  type Reported = {
    action_id: string;
    late: boolean;
    output?: FilteredOutput | null;
    record: RecordBody;
  };
  type RetentionHoldBody = {
    agent?: string | null;
    at: string;
    by: string;
    id: string;
    reason: string;
    session?: string | null;
    since?: string | null;
    until?: string | null;
    user_ref?: string | null;
  };
  type RetentionHolds = {
    holds: (RetentionHoldBody)[];
  };
  type ReviewBreakGlass = {
    note: string;
  };
  type RevisionDiff = {
    against?: string | null;
    files: (FileDiff)[];
    revision: string;
  };
  type RevisionFiles = {
    files: Record<string, string>;
    left_out: (string)[];
    revision: string;
  };
  type RotatedLogKey = {
    from: string;
    record: RecordBody;
    to: string;
  };
  type RunDrill = {
    agent?: string | null;
    backup?: string | null;
    drill: string;
  };
  type Semantic = "execute_all" | "deny_on_first_deny" | "permit_on_first_permit";
  type SessionBody = {
    agent?: string | null;
    expires_at?: string | null;
    key: string;
    may: (string)[];
    person?: string | null;
    role: string;
  };
  type SetCorrective = {
    done?: boolean;
    due?: string | null;
    name: string;
  };
  type SignIn = {
    code?: string | null;
    key?: string | null;
  };
  type SignInCode = {
    code: string;
    expires_at: string;
    url: string;
  };
  type SinkBody = {
    circuit: string;
    dead_letters: number;
    failures: number;
    format: string;
    kind: string;
    lag_records?: number | null;
    lag_seconds?: number | null;
    last_failure?: SinkFailure | null;
    last_success?: string | null;
    name: string;
    next_index: number;
    parts: string;
    place: string;
    required: boolean;
    taken: number;
  };
  type SinkFailure = {
    at: string;
    reason: string;
    since?: string | null;
  };
  type Sinks = {
    sinks: (SinkBody)[];
  };
  type StatementBody = {
    agent: string;
    at: string;
    by: string;
    document?: string | null;
    expires: string;
    field: string;
    function: string;
    id: string;
    name: string;
    reason?: string | null;
    record: number;
    stale: (string)[];
    value: string;
  };
  type Statements = {
    statements: (StatementBody)[];
  };
  type Status = {
    agents: number;
    approvals_pending: number;
    break_glass_open: (string)[];
    break_glass_reviews: number;
    clock_sane: boolean;
    components: (ComponentBody)[];
    durability: string;
    environment: string;
    index_follows: boolean;
    indexed_through: number;
    ledger_open: boolean;
    oldest_approval?: string | null;
    open_actions: number;
    policy: PolicyStatus;
    policy_revision: string;
    records: number;
    suspended: (string)[];
    version: string;
    witnesses: (WitnessBody)[];
  };
  type StreamRecord = {
    action?: string | null;
    agent?: string | null;
    approval_id?: string | null;
    at: string;
    effect?: string | null;
    event_id?: string | null;
    index: number;
    kind: string;
    policy?: string | null;
    reason?: string | null;
    status?: string | null;
  };
  type SubmitAction = {
    action: string;
    agent: string;
    agent_version?: string | null;
    args: Record<string, any>;
    dry_run?: boolean;
    idempotency_key?: string | null;
    metadata?: Record<string, any>;
    model?: string | null;
    on_behalf_of?: string | null;
    parent_action_id?: string | null;
    server?: string | null;
    session_id?: string | null;
    tool?: string | null;
    tool_pin?: string | null;
    user_id?: string | null;
  };
  type SwitchAgent = {
    reason: string;
  };
  type Switched = {
    agent: string;
    record: RecordBody;
    suspended: boolean;
  };
  type ToolBody = {
    action?: string | null;
    pin: string;
    pinned?: Record<string, any> | null;
    standing: string;
    tool: string;
  };
  type TopViolation = {
    count: number;
    policy: string;
  };
  type TrailEntry = {
    at: string;
    record: number;
    what: string;
  };
  type UpdateIncident = {
    authority?: string | null;
    class?: string | null;
    corrective?: SetCorrective | null;
    note: string;
    reported?: string | null;
  };
  type VoteBody = {
    at: string;
    method?: string | null;
    person: string;
    reason?: string | null;
    vote: string;
  };
  type WithdrawStatement = {
    field: string;
    reason: string;
  };
  type WitnessBody = {
    contradiction?: string | null;
    cosigned?: number | null;
    failure?: string | null;
    lag_seconds: number;
    name: string;
    up: boolean;
    url: string;
  };
}
