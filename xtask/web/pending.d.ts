declare namespace Api {
  type SessionBody = { role: string; person?: string | null; key: string; expires_at?: string; may: string[] };
  type StreamRecord = { index: number; at: string; kind: string; agent?: string; action?: string; event_id?: string; effect?: string; approval_id?: string; policy?: string; status?: string; reason?: string };
  type AgentOverview = { agent: string; name: string; owner: OwnerBody; risk_level: string; mode: string; enforcement_grade: string | null; state: string; suspended_reason?: string | null; actions_24h: number; denied_24h: number; held_24h: number; hours: { at: string; actions: number; denied: number; held: number }[]; approvals_pending: number; top_violation?: { policy: string; count: number } | null; anomaly?: { score: number; signal: string; told: string } | null; checklist?: any; last_seen?: string | null };
  type Overview = { at: string; governance: { state: string; findings: HealthFinding[] }; totals: { actions: number; denied: number; held: number; approvals_pending: number; suspended: number }; agents: AgentOverview[] };
  type HealthFinding = { id: string; severity: string; told: string; remedy: string };
  type PolicyRow = { policy: string; file?: string | null; line?: number | null; severity?: string | null; mode: string; effect: string; hits_24h: number; denied_24h: number; held_24h: number; shadow_24h: number; last_at: string | null; tests: number; covered: boolean };
  type PolicyRevision = { revision: string; at: string; by?: string | null; record: number; current: boolean };
  type FileDiff = { path: string; change: string; diff: string };
  type PolicyTextBody = { policy: string; origin: string; file?: string | null; line?: number | null; mode: string; scope: string; source: string };
  type LimitBody = { limit: string; per: string; counts: string[]; unit: string; window_s?: number | null; used: string; over: boolean; most: string; apart?: number | null; whole: boolean; eases_at?: string | null; resets_at?: string | null };
}
