import { describe, expect, it } from "vitest";
import {
  choice,
  csv,
  flag,
  ParameterError,
  type ParameterSet,
  parseParameters,
  printParameters,
  text,
} from "../../lib/parameters.ts";
import { tableEncryption } from "../../lib/rules/dynamodb-table-encryption.ts";

interface Pieces {
  readonly size: "SMALL" | "LARGE";
  readonly strict: boolean;
  readonly word: string | null;
  readonly ids: readonly string[];
}

const pieces: ParameterSet<Pieces> = {
  byName: {
    size: choice({ description: "How much.", values: ["SMALL", "LARGE"], default: "SMALL" }),
    strict: flag({ description: "How hard.", default: true }),
    word: text({
      description: "A word.",
      accepts: "a word of small letters",
      check: (given) => (/^[a-z]+$/.test(given) ? null : "it is no word of small letters"),
    }),
    ids: csv({
      description: "Some ids.",
      accepts: "ids, separated by commas",
      check: (given) => (given.startsWith("id-") ? null : "it does not begin with id-"),
    }),
  },
  contradictions: ({ size, ids }) => (size === "SMALL" && ids.length > 2 ? ["size `SMALL` contradicts ids"] : []),
};
const defaults: Pieces = { size: "SMALL", strict: true, word: null, ids: [] };

function faultsOf<P>(set: ParameterSet<P>, given: unknown): readonly string[] {
  try {
    parseParameters(set, given, "ruleParameters");
  } catch (error) {
    if (error instanceof ParameterError) return error.faults;
    throw error;
  }
  return [];
}

describe("what is accepted", () => {
  const cases: Record<string, [given: object, parsed: Partial<Pieces>]> = {
    "nothing: the defaults": [{}, {}],
    "null: not given": [{ size: null, strict: null, word: null, ids: null }, {}],
    "blank text: not given": [{ size: "", strict: " ", word: "\t", ids: "\n" }, {}],
    "undefined: not given": [{ size: undefined }, {}],
    "a choice as text": [{ size: "LARGE" }, { size: "LARGE" }],
    "a choice with space around it": [{ size: " LARGE\n" }, { size: "LARGE" }],
    "a flag as text": [{ strict: "false" }, { strict: false }],
    "a flag as a boolean": [{ strict: false }, { strict: false }],
    "a flag in any letter case": [{ strict: " False " }, { strict: false }],
    "a text, trimmed": [{ word: " orders " }, { word: "orders" }],
    "a list as text": [{ ids: "id-1,id-2" }, { ids: ["id-1", "id-2"] }],
    "a list as text with space and empty places": [{ ids: " id-1 ,, id-2, " }, { ids: ["id-1", "id-2"] }],
    "a list of commas: none": [{ ids: ",," }, {}],
    "a list as an array": [{ ids: [" id-1", "id-2 "] }, { ids: ["id-1", "id-2"] }],
    "an empty array": [{ ids: [] }, {}],
    "what contradicts under another value": [
      { size: "LARGE", ids: "id-1,id-2,id-3" },
      { size: "LARGE", ids: ["id-1", "id-2", "id-3"] },
    ],
  };
  for (const [sentence, [given, parsed]] of Object.entries(cases)) {
    it(sentence, () => {
      expect(parseParameters(pieces, given, "ruleParameters")).toEqual({ ...defaults, ...parsed });
    });
  }
});

describe("what is refused", () => {
  const useIds = "use ids, separated by commas";
  const useSizes = "use SMALL or LARGE";
  const cases: Record<string, [given: unknown, faults: readonly string[]]> = {
    "a choice that is none": [{ size: "small" }, [`ruleParameters.size is \`small\`; ${useSizes}`]],
    "a number for a choice": [{ size: 5 }, [`ruleParameters.size is \`5\`; ${useSizes}`]],
    "a list for a choice": [{ size: ["LARGE"] }, [`ruleParameters.size is \`["LARGE"]\`; ${useSizes}`]],
    "a flag that is none": [{ strict: "yes" }, ["ruleParameters.strict is `yes`; use true or false"]],
    "a number for a flag": [{ strict: 1 }, ["ruleParameters.strict is `1`; use true or false"]],
    "an object for a flag": [{ strict: { on: true } }, ['ruleParameters.strict is `{"on":true}`; use true or false']],
    "a text of another form": [
      { word: "Orders" },
      ["ruleParameters.word is `Orders` (it is no word of small letters); use a word of small letters"],
    ],
    "a number for a text": [{ word: 7 }, ["ruleParameters.word is `7`; use a word of small letters"]],
    "the entry of a text list that is at fault, and not the list": [
      { ids: "id-1, x-2 ,id-3" },
      [`ruleParameters.ids is \`x-2\` (it does not begin with id-); ${useIds}`],
    ],
    "each entry that is at fault": [
      { ids: ["id-1", "x", "y"] },
      [
        `ruleParameters.ids is \`x\` (it does not begin with id-); ${useIds}`,
        `ruleParameters.ids is \`y\` (it does not begin with id-); ${useIds}`,
      ],
    ],
    "an entry that is no text": [{ ids: ["id-1", 5] }, [`ruleParameters.ids is \`5\`; ${useIds}`]],
    "an entry that is null": [{ ids: ["id-1", null] }, [`ruleParameters.ids is \`null\`; ${useIds}`]],
    "an entry that text could not hold": [
      { ids: ["id-1,id-2", "  "] },
      [
        `ruleParameters.ids is \`id-1,id-2\` (an entry cannot hold a comma); ${useIds}`,
        `ruleParameters.ids is \`  \` (an entry cannot be blank); ${useIds}`,
      ],
    ],
    "an object for a list": [{ ids: { a: 1 } }, [`ruleParameters.ids is \`{"a":1}\`; ${useIds}`]],
    "a number for a list": [{ ids: 5 }, [`ruleParameters.ids is \`5\`; ${useIds}`]],
    "a name that is none": [
      { colour: "red" },
      ["ruleParameters.colour is not a parameter; use size, strict, word, ids"],
    ],
    "a name in another letter case": [
      { Size: "LARGE" },
      ["ruleParameters.Size is not a parameter; use size, strict, word, ids"],
    ],
    "values that exclude each other": [{ ids: "id-1,id-2,id-3" }, ["ruleParameters: size `SMALL` contradicts ids"]],
    "all faults at once, names first": [
      { colour: 1, size: "x", strict: "x", word: "X", ids: "x" },
      [
        "ruleParameters.colour is not a parameter; use size, strict, word, ids",
        "ruleParameters.size is `x`; use SMALL or LARGE",
        "ruleParameters.strict is `x`; use true or false",
        "ruleParameters.word is `X` (it is no word of small letters); use a word of small letters",
        "ruleParameters.ids is `x` (it does not begin with id-); use ids, separated by commas",
      ],
    ],
    "null for the whole": [null, ["ruleParameters is `null`; use a JSON object of parameter names and values"]],
    "a list for the whole": [[1], ["ruleParameters is `[1]`; use a JSON object of parameter names and values"]],
    "text for the whole": [
      "size=LARGE",
      ["ruleParameters is `size=LARGE`; use a JSON object of parameter names and values"],
    ],
    "names of Object's own": [
      JSON.parse('{"__proto__": {"size": "LARGE"}, "constructor": 1, "toString": 2}'),
      [
        "ruleParameters.__proto__ is not a parameter; use size, strict, word, ids",
        "ruleParameters.constructor is not a parameter; use size, strict, word, ids",
        "ruleParameters.toString is not a parameter; use size, strict, word, ids",
      ],
    ],
    "control characters, line breaks and direction marks: shown as ?": [
      { size: "a\u001b[31m\nb\u2028c\u202ed" },
      ["ruleParameters.size is `a?[31m?b?c?d`; use SMALL or LARGE"],
    ],
    "a long value: cut at 80": [
      { size: "x".repeat(81) },
      [`ruleParameters.size is \`${"x".repeat(80)}...\`; ${useSizes}`],
    ],
    "a value of 80: whole": [{ size: "x".repeat(80) }, [`ruleParameters.size is \`${"x".repeat(80)}\`; ${useSizes}`]],
    "a cut between two halves of a character": [
      { size: `${"x".repeat(79)}😀😀` },
      [`ruleParameters.size is \`${"x".repeat(79)}?...\`; ${useSizes}`],
    ],
    "a long name with a line break: cut and shown on one line": [
      { [`a\n${"b".repeat(200)}`]: 1 },
      [`ruleParameters.a?${"b".repeat(78)}... is not a parameter; use size, strict, word, ids`],
    ],
    "a value nested too deep to show": [
      { size: JSON.parse("[".repeat(100_000) + "]".repeat(100_000)) },
      [`ruleParameters.size is \`a value too deep to show\`; ${useSizes}`],
    ],
  };
  for (const [sentence, [given, faults]] of Object.entries(cases)) {
    it(sentence, () => {
      expect(faultsOf(pieces, given)).toEqual(faults);
    });
  }

  it("with one error that holds every sentence", () => {
    const parse = (): Pieces => parseParameters(pieces, { size: "x", strict: "x" }, "the file's dynamodb-x");
    expect(parse).toThrow(
      new ParameterError([
        "the file's dynamodb-x.size is `x`; use SMALL or LARGE",
        "the file's dynamodb-x.strict is `x`; use true or false",
      ]),
    );
  });
});

describe("what AWS Config would hold", () => {
  const cases: Record<string, [parameters: Partial<Pieces>, printed: Record<string, string>]> = {
    "the defaults, save what is not given": [{}, { size: "SMALL", strict: "true" }],
    "a list with commas": [{ ids: ["id-1", "id-2"] }, { size: "SMALL", strict: "true", ids: "id-1,id-2" }],
    "everything as text": [
      { size: "LARGE", strict: false, word: "orders" },
      { size: "LARGE", strict: "false", word: "orders" },
    ],
  };
  for (const [sentence, [parameters, printed]] of Object.entries(cases)) {
    it(sentence, () => {
      expect(printParameters(pieces, { ...defaults, ...parameters })).toEqual(printed);
    });
  }
});

describe("dynamodb-table-encryption", () => {
  const arn = "arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d-0000-4000-8000-00000000000a";
  const useArns = "use ARNs of KMS keys, separated by commas";
  const cases: Record<string, [given: object, faults: readonly string[]]> = {
    "CMK is the old word for a customer managed key": [
      { minimumKeyType: "CMK" },
      ["ruleParameters.minimumKeyType is `CMK`; use AWS_OWNED_KEY, AWS_MANAGED_KEY or CUSTOMER_MANAGED_KEY"],
    ],
    "an alias among ARNs": [
      { allowedKeyArns: `${arn},alias/orders` },
      [
        `ruleParameters.allowedKeyArns is \`alias/orders\` (an alias can be pointed to another key at any time, so it allows every key); ${useArns}`,
      ],
    ],
    "an alias's ARN": [
      { allowedKeyArns: ["arn:aws:kms:us-east-1:123456789012:alias/orders"] },
      [
        `ruleParameters.allowedKeyArns is \`arn:aws:kms:us-east-1:123456789012:alias/orders\` (an alias can be pointed to another key at any time, so it allows every key); ${useArns}`,
      ],
    ],
    "a key's id": [
      { allowedKeyArns: "0a1b2c3d-0000-4000-8000-00000000000a" },
      [
        `ruleParameters.allowedKeyArns is \`0a1b2c3d-0000-4000-8000-00000000000a\` (it is no ARN of a KMS key); ${useArns}`,
      ],
    ],
    "a tag key alone": [
      { exemptResourceTag: "Exempt" },
      [
        "ruleParameters.exemptResourceTag is `Exempt` (it has no `Key=value` form); use `Key=value`, where the value may hold the wildcards * and ?",
      ],
    ],
    "an ARN to allow where no key is demanded": [
      { minimumKeyType: "AWS_OWNED_KEY", allowedKeyArns: arn },
      [
        "ruleParameters: minimumKeyType `AWS_OWNED_KEY` contradicts allowedKeyArns (an AWS owned key has no ARN to allow); give only one of them",
      ],
    ],
    "ARNs of other partitions and of multi-Region keys are accepted": [
      {
        allowedKeyArns:
          "arn:aws-cn:kms:cn-north-1:123456789012:key/mrk-0123,arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/a",
      },
      [],
    ],
  };
  for (const [sentence, [given, faults]] of Object.entries(cases)) {
    it(sentence, () => {
      expect(faultsOf(tableEncryption.parameters, given)).toEqual(faults);
    });
  }
});
