/** A policy document, parsed: the language of IAM as its statements mean it, nothing interpreted yet. */

/** Where a document stands decides what it may hold: a principal, or none. */
export type PolicyKind = "identity" | "resource" | "endpoint";

export interface Policy {
  /** Variables are text without the version of 2012; a document that names none is of 2008. */
  readonly version: "2012-10-17" | "2008-10-17";
  readonly statements: readonly Statement[];
}

export interface Statement {
  /** Its place in the document, from 0; a single statement that is no list is 0. */
  readonly index: number;
  readonly sid: string | null;
  readonly effect: "Allow" | "Deny";
  /** Patterns as written; `not` where the element is NotAction. */
  readonly action: Element;
  /** Null only where the document's kind lets it be left out. */
  readonly resource: Element | null;
  /** Null in identity policies. */
  readonly principal: PrincipalElement | null;
  readonly conditions: readonly Condition[];
}

export interface Element {
  readonly not: boolean;
  readonly patterns: readonly string[];
}

export interface PrincipalElement {
  readonly not: boolean;
  /** `*` and `{"AWS": "*"}` are both `{ type: "AWS", value: "*" }`. */
  readonly principals: readonly {
    readonly type: "AWS" | "Service" | "Federated" | "CanonicalUser";
    readonly value: string;
  }[];
}

/** One key under one operator; all of a statement's conditions must hold. */
export interface Condition {
  /** In AWS's own spelling, without modifier and `IfExists`: `StringNotEquals`, `Null`. */
  readonly operator: Operator;
  readonly set: "ForAllValues" | "ForAnyValue" | null;
  readonly ifExists: boolean;
  /** As written; keys are compared without regard to letter case. */
  readonly key: string;
  /** Strings, numbers and Booleans all as text. */
  readonly values: readonly string[];
}

export const operators = [
  "StringEquals",
  "StringNotEquals",
  "StringEqualsIgnoreCase",
  "StringNotEqualsIgnoreCase",
  "StringLike",
  "StringNotLike",
  "NumericEquals",
  "NumericNotEquals",
  "NumericLessThan",
  "NumericLessThanEquals",
  "NumericGreaterThan",
  "NumericGreaterThanEquals",
  "DateEquals",
  "DateNotEquals",
  "DateLessThan",
  "DateLessThanEquals",
  "DateGreaterThan",
  "DateGreaterThanEquals",
  "Bool",
  "BinaryEquals",
  "IpAddress",
  "NotIpAddress",
  "ArnEquals",
  "ArnLike",
  "ArnNotEquals",
  "ArnNotLike",
  "Null",
] as const;
export type Operator = (typeof operators)[number];
