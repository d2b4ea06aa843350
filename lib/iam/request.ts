/** A concrete request, as plain evaluation and any simulator can be asked about it. */
export interface Request {
  /** The caller's ARN; null for a bare document, whose holder is nobody in particular. */
  readonly principal: string | null;
  /** In AWS's spelling, `dynamodb:GetItem`. */
  readonly action: string;
  /** The ARN, or `*` for an action without a resource. */
  readonly resource: string;
  /** By key, letter case apart; a key that is not here is absent. Single-valued keys have one value. */
  readonly context: ReadonlyMap<string, readonly string[]>;
}
