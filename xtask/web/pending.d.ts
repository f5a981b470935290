declare namespace Api {
  type ConditionBody = { text: string; line?: number | null; held: number; failed: number };
  type PolicyBody = { policy: string; origin: string; file?: string | null; line?: number | null; severity?: string | null; mode: string; effect: string; count: number; hits_24h: number; denied_24h: number; held_24h: number; shadow_24h: number; last_at?: string | null; tests?: number | null; covered?: boolean | null; branches?: number | null; branches_seen?: number | null; source?: string | null; texts?: PolicyTextBody[] | null; conditions?: ConditionBody[] | null };
  type PolicyRevision = { revision: string; manifest: string; at: string; by: string; proposed_by?: string | null; record: number; current: boolean };
  type FileDiff = { path: string; change: string; diff: string; left_out: boolean };
}
