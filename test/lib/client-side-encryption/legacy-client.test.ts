import { describe, expect, it } from "vitest";
import {
  type MaterialDescription,
  parseMaterialDescription,
  whyNotSignature,
} from "../../../lib/client-side-encryption/legacy-client.ts";
import { descriptionOf, joined } from "./headers.ts";
import { legacyVectors } from "./vectors.ts";

const cipherMode = "/CBC/PKCS5Padding";

describe("a material description that AWS's own client wrote", () => {
  it.each(legacyVectors.map((vector, at) => [at, vector] as const))(
    "(%i) names the mode and an HMAC",
    (_at, vector) => {
      const description = parseMaterialDescription(vector["*amzn-ddb-map-desc*"]) as MaterialDescription;
      expect(description.cipherMode).toBe(cipherMode);
      expect(description.signingAlgorithm).toMatch(/^HmacSHA256(\/256)?$/);
      expect(whyNotSignature(vector["*amzn-ddb-map-sig*"], description)).toBeNull();
    },
  );
});

describe("a material description", () => {
  const mode = ["amzn-ddb-map-sym-mode", cipherMode] as const;
  const read: Record<string, [bytes: Uint8Array, description: MaterialDescription]> = {
    "may be empty: nothing was encrypted": [descriptionOf([]), { cipherMode: null, signingAlgorithm: null }],
    "may name a signature only": [
      descriptionOf([["amzn-ddb-map-signingAlg", "SHA256withRSA"]]),
      { cipherMode: null, signingAlgorithm: "SHA256withRSA" },
    ],
    "may hold its names in any order, and others": [
      descriptionOf([["z", ""], mode, ["amzn-ddb-sig-alg", "HmacSHA256/256"], ["a", "b"]]),
      { cipherMode, signingAlgorithm: "HmacSHA256/256" },
    ],
    "is not confused by a name that every object has": [
      descriptionOf([
        ["constructor", "x"],
        ["__proto__", "x"],
      ]),
      { cipherMode: null, signingAlgorithm: null },
    ],
  };
  for (const [sentence, [bytes, description]] of Object.entries(read)) {
    it(sentence, () => expect(parseMaterialDescription(bytes)).toEqual(description));
  }

  const malformed: Record<string, [bytes: Uint8Array, why: string]> = {
    "no bytes": [new Uint8Array(), "it ends within the version"],
    "half a version": [Uint8Array.from([0, 0]), "it ends within the version"],
    "a name without a value": [
      joined(descriptionOf([]), [0, 0, 0, 1, 0x61]),
      "it ends within the length of a value of the description",
    ],
    "a length beyond all bytes": [
      joined(descriptionOf([]), [0xff, 0xff, 0xff, 0xff, 0x61]),
      "it ends within a name of the description",
    ],
    "a name twice": [descriptionOf([mode, mode]), "it has a name twice"],
    "a name that is no UTF-8": [
      joined(descriptionOf([]), [0, 0, 0, 1, 0xff, 0, 0, 0, 0]),
      "a name of the description is no UTF-8",
    ],
    "a value that is no UTF-8": [
      joined(descriptionOf([]), [0, 0, 0, 0, 0, 0, 0, 1, 0xff]),
      "a value of the description is no UTF-8",
    ],
  };
  for (const [sentence, [bytes, why]] of Object.entries(malformed)) {
    it(`with ${sentence} is malformed`, () => expect(parseMaterialDescription(bytes)).toEqual({ malformed: why }));
  }

  it.each([1, 0x0100_0000, 0xffff_ffff])("of version %i cannot be told", (version) => {
    expect(parseMaterialDescription(descriptionOf([mode], version))).toEqual({ unknownVersion: version });
  });
});

describe("a signature", () => {
  const cases: readonly (readonly [length: number, signingAlgorithm: string | null, why: string | null])[] = [
    [0, null, "it is shorter than any signature"],
    [31, "HmacSHA256", "it is shorter than any signature"],
    [32, "HmacSHA256", null],
    [33, "HmacSHA256", "bytes follow its end"],
    [33, "hmacsha256/256", "bytes follow its end"],
    [32, null, null],
    [71, "SHA256withECDSA", null],
    [256, "SHA256withRSA", null],
    [2_048, "SHA512withRSA", null],
    [2_049, "SHA512withRSA", "bytes follow its end"],
  ];
  it.each(cases)("of %i bytes by %s: %s", (length, signingAlgorithm, why) => {
    expect(whyNotSignature(new Uint8Array(length), { cipherMode, signingAlgorithm })).toBe(why);
  });
});
