/** For tests that talk to the emulator with the real SDK. */
import { beforeEach, describe, inject, vi } from "vitest";
import { resetEmulator } from "../../scripts/emulator/emulator.ts";

export interface Wire {
  /** The emulator's address. The environment names it too, so that clients without an endpoint also go there. */
  readonly url: string;
}

/** A suite that starts each test with an empty emulator; skipped, with the reason in its name, where there is none. */
export function wire(name: string, suite: (wire: Wire) => void): void {
  const emulator = inject("emulator");
  if ("missing" in emulator) {
    describe.skipIf(true)(`${name} (no emulator: ${emulator.missing})`, () =>
      suite({ url: "http://emulator.invalid" }),
    );
    return;
  }
  const { url } = emulator;
  describe(name, () => {
    beforeEach(async () => {
      vi.stubEnv("AWS_ENDPOINT_URL", url);
      vi.stubEnv("AWS_ACCESS_KEY_ID", "testing");
      vi.stubEnv("AWS_SECRET_ACCESS_KEY", "testing");
      vi.stubEnv("AWS_SESSION_TOKEN", undefined);
      vi.stubEnv("AWS_PROFILE", undefined);
      await resetEmulator(url);
    });
    suite({ url });
  });
}
