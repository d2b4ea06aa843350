/** The attributes that AWS's two client-side libraries leave in each item they write, and all that is ever asked for. */
export const markerNames = ["aws_dbe_head", "aws_dbe_foot", "*amzn-ddb-map-desc*", "*amzn-ddb-map-sig*"] as const;

export type MarkerName = (typeof markerNames)[number];

/** An item's markers as DynamoDB gave them; null for one that is no binary, which neither library writes. */
export type MarkerAttributes = { readonly [Name in MarkerName]?: Uint8Array | null };
