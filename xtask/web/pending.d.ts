declare namespace Api {
  type SessionBody = { role: string; person?: string | null; key: string; expires_at?: string; may: string[] };
  type StreamRecord = { index: number; at: string; kind: string; agent?: string; action?: string; event_id?: string; effect?: string; approval_id?: string; policy?: string; status?: string; reason?: string };
  type PolicyRow = { policy: string; file?: string | null; line?: number | null; severity?: string | null; mode: string; effect: string; hits_24h: number; denied_24h: number; held_24h: number; shadow_24h: number; last_at: string | null; tests: number; covered: boolean };
  type PolicyRevision = { revision: string; at: string; by?: string | null; record: number; current: boolean };
  type FileDiff = { path: string; change: string; diff: string };
}
