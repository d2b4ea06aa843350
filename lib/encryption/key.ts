/** What is demanded of the key behind a table or a backup, and how a key that falls short is put right. Pure. */
import type { KmsKey } from "../account/keys.ts";
import { lastFour } from "../annotation.ts";
import type { Fault } from "../fault.ts";
import { choice, csv, flag } from "../parameters.ts";
import type { Fact, ReasonKind, Resource, Step, Unread } from "../rule.ts";

/** DynamoDB's three kinds of key, weakest first. */
export const keyTypes = ["AWS_OWNED_KEY", "AWS_MANAGED_KEY", "CUSTOMER_MANAGED_KEY"] as const;
export type KeyType = (typeof keyTypes)[number];

export interface KeyDemands {
  readonly minimumKeyType: KeyType;
  readonly allowedKeyArns: readonly string[];
  readonly requireKeyRotation: boolean;
}

export const keyParameters = {
  minimumKeyType: choice({
    description: "The weakest key that complies: AWS_OWNED_KEY < AWS_MANAGED_KEY < CUSTOMER_MANAGED_KEY.",
    values: keyTypes,
    default: "AWS_MANAGED_KEY",
  }),
  allowedKeyArns: csv({
    description:
      "The only KMS keys that comply, by ARN; of a multi-Region key, and for replicas in other regions, the key of each region. None given: any key.",
    accepts: "ARNs of KMS keys, separated by commas",
    check: whyNotKeyArn,
  }),
  requireKeyRotation: flag({
    description:
      "Whether a customer managed key must rotate by itself. Imported keys and custom key stores have no rotation and are not held to it.",
    default: false,
  }),
};

/** Which demands exclude each other. */
export function keyContradictions({ minimumKeyType, allowedKeyArns }: KeyDemands): readonly string[] {
  if (minimumKeyType !== "AWS_OWNED_KEY" || allowedKeyArns.length === 0) return [];
  return [
    "minimumKeyType `AWS_OWNED_KEY` contradicts allowedKeyArns (an AWS owned key has no ARN to allow); give only one of them",
  ];
}

export const keyReasons = {
  awsOwnedKey: {
    severity: "LOW",
    says: "or stronger required",
    why: "An AWS owned key is encryption that nobody in this account can audit, restrict or revoke.",
  },
  customerManagedKeyRequired: {
    severity: "MEDIUM",
    says: "CUSTOMER_MANAGED_KEY required",
    why: "Only a customer managed key has a key policy, a rotation and an off switch of your own.",
  },
  keyNotAllowed: {
    severity: "MEDIUM",
    says: "a key of allowedKeyArns is required",
    why: "The data is under a key that is not among those set apart for it.",
  },
  keyDoesNotRotate: {
    severity: "MEDIUM",
    says: "automatic rotation is required",
    why: "A key that never rotates exposes all data it ever protected if it leaks once.",
  },
  keyUnusable: {
    severity: "HIGH",
    says: ", so the ",
    why: "While its key cannot be used the data cannot be read, and a table is archived after seven days.",
  },
  keyPendingDeletion: {
    severity: "CRITICAL",
    says: "becomes unreadable",
    why: "When the key is gone, the table and its backups cannot be read by anyone.",
  },
  keyNotFound: {
    severity: "CRITICAL",
    says: "does not exist",
    why: "The key is gone: what it protected cannot be read by anyone.",
  },
} as const satisfies Record<string, ReasonKind>;

/** The key's type; KMS's KeyManager decides, no name or alias does. */
export function keyTypeOf(key: KmsKey): KeyType {
  return key.keyManager === "AWS" ? "AWS_MANAGED_KEY" : "CUSTOMER_MANAGED_KEY";
}

export function isWeaker(keyType: KeyType, minimum: KeyType): boolean {
  return keyTypes.indexOf(keyType) < keyTypes.indexOf(minimum);
}

/** `a usable key` in words for annotations: the key's last four characters only. */
export function keyInWords(key: KmsKey): string {
  return `${key.keyManager === "AWS" ? "AWS managed key" : "Customer managed key"} ${lastFour(key.keyArn)}`;
}

export function keyResource(keyArn: string): Resource {
  const keyId = keyArn.split(":key/")[1] ?? keyArn;
  return { type: "AWS::KMS::Key", id: keyId, name: keyId, arn: keyArn };
}

/** What is wrong with a key in itself: its state, and its rotation where that is demanded.
 * @param key null where KMS knows no such key
 * @param loses what cannot be read without the key, for example `the table` */
export function keyFaults(
  keyArn: string,
  key: KmsKey | null,
  demands: KeyDemands,
  loses: string,
): readonly Fault<KmsKey>[] {
  if (key === null) return [notFound(keyArn, loses)];
  const state = stateFault(key, loses);
  const rotation = demands.requireKeyRotation && isValue(key.rotates, false) ? [rotationFault(key)] : [];
  return state === null ? rotation : [state, ...rotation];
}

/** What of a key is not known, though the demands need it; null where all is known. */
export function keyUnread(key: KmsKey, demands: KeyDemands): Unread | null {
  if (key.keyState === "Creating") {
    return { call: "kms:DescribeKey", message: `on key ${lastFour(key.keyArn)}: it is still Creating`, lasting: false };
  }
  if (!usableStates.has(key.keyState) && stateFault(key, "") === null) {
    const message = `on key ${lastFour(key.keyArn)} answered with the unknown KeyState ${key.keyState}`;
    return { call: "kms:DescribeKey", message, lasting: true };
  }
  return demands.requireKeyRotation && key.rotates !== null && "unread" in key.rotates ? key.rotates.unread : null;
}

// "Updating": a multi-Region key changes its primary; cryptographic operations go on (KMS developer guide, key states).
const usableStates = new Set(["Enabled", "Updating"]);

function stateFault(key: KmsKey, loses: string): Fault<KmsKey> | null {
  const { keyArn, keyState } = key;
  const named = `KMS key ${lastFour(keyArn)} is ${keyState}`;
  const wanted = "";
  const region = regionOf(keyArn);
  const enabled = { repair: (old: KmsKey): KmsKey => ({ ...old, keyState: "Enabled", deletionDate: null }) };
  const source = keyResource(keyArn);
  const enable: Step = { command: ["aws", "kms", "enable-key", "--key-id", keyArn, "--region", region] };
  const mayBreak = `Whoever disabled key ${lastFour(keyArn)} may have had a reason: it works again for everything it protects`;

  switch (keyState) {
    case "PendingDeletion":
    case "PendingReplicaDeletion": {
      const date = key.deletionDate === null ? "" : `, to be deleted on ${key.deletionDate.toISOString().slice(0, 10)}`;
      return {
        reason: { code: "keyPendingDeletion", found: `${named}${date}: ${loses} becomes unreadable`, wanted, source },
        summary: "Cancel it (kms cancel-key-deletion, then enable-key)",
        steps: [{ command: ["aws", "kms", "cancel-key-deletion", "--key-id", keyArn, "--region", region] }, enable],
        mayBreak,
        remedy: enabled,
      };
    }
    case "Disabled":
      return {
        reason: { code: "keyUnusable", found: `${named}, so ${loses} cannot be read`, wanted, source },
        summary: "Enable it (kms enable-key)",
        steps: [enable],
        mayBreak,
        remedy: enabled,
      };
    case "PendingImport":
      return {
        reason: { code: "keyUnusable", found: `${named}, so ${loses} cannot be read`, wanted, source },
        summary: "Import its key material again (kms import-key-material)",
        steps: [
          { words: `Import the same key material into ${keyArn} again: no other material can decrypt the data.` },
        ],
        mayBreak: "Nothing: only the same material is accepted",
        remedy: { choice: "Only who keeps the key material can import it again." },
      };
    case "Unavailable":
      return {
        reason: {
          code: "keyUnusable",
          found: `${named} (its custom key store is disconnected), so ${loses} cannot be read`,
          wanted,
          source,
        },
        summary: "Connect its key store (kms connect-custom-key-store)",
        steps: [
          {
            command: [
              "aws",
              "kms",
              "connect-custom-key-store",
              "--custom-key-store-id",
              key.customKeyStoreId ?? "KEY_STORE_ID",
              "--region",
              region,
            ],
          },
        ],
        mayBreak: "Nothing: it restores what was cut off",
        remedy: enabled,
      };
    default:
      return null;
  }
}

function rotationFault(key: KmsKey): Fault<KmsKey> {
  // A replica of a multi-Region key takes this setting from its primary.
  const keyArn = key.primaryKeyArn ?? key.keyArn;
  return {
    reason: {
      code: "keyDoesNotRotate",
      found: `KMS key ${lastFour(key.keyArn)} does not rotate`,
      wanted: "automatic rotation is required",
      source: keyResource(keyArn),
    },
    summary: "Turn it on (kms enable-key-rotation)",
    steps: [{ command: ["aws", "kms", "enable-key-rotation", "--key-id", keyArn, "--region", regionOf(keyArn)] }],
    mayBreak: "Nothing: older key material is kept for decryption",
    remedy: { repair: (old) => ({ ...old, rotates: { value: true } }) },
  };
}

function notFound(keyArn: string, loses: string): Fault<KmsKey> {
  return {
    reason: {
      code: "keyNotFound",
      found: `KMS key ${lastFour(keyArn)} does not exist: ${loses} cannot be read by anyone`,
      wanted: "",
      source: keyResource(keyArn),
    },
    summary: "Restore from a backup under another key",
    steps: [
      {
        words: `Nothing brings ${keyArn} back. Restore the newest backup that is under another key, then delete what is lost.`,
      },
    ],
    mayBreak: "Writes since that backup are lost",
    remedy: { choice: "Which backup to restore, or to give the data up." },
  };
}

function whyNotKeyArn(given: string): string | null {
  if (/:alias\/|^alias\//.test(given))
    return "an alias can be pointed to another key at any time, so it allows every key";
  return /^arn:aws[\w-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/.test(given) ? null : "it is no ARN of a KMS key";
}

function isValue<T>(fact: Fact<T> | null, value: T): boolean {
  return fact !== null && "value" in fact && fact.value === value;
}

function regionOf(arn: string): string {
  return arn.split(":")[3] ?? "";
}
