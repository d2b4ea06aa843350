/** Whether the page is being printed: then it shows everything, opened. */
import { options } from "preact";
import { useEffect, useState } from "preact/hooks";

export function useIsPrinting(): boolean {
  const [isPrinting, setIsPrinting] = useState(false);
  useEffect(() => {
    const change = (printing: boolean) => () => {
      // The browser takes the page as it stands when this returns.
      options.debounceRendering = (render) => render();
      setIsPrinting(printing);
      delete options.debounceRendering;
    };
    const [begin, end] = [change(true), change(false)];
    addEventListener("beforeprint", begin);
    addEventListener("afterprint", end);
    return () => {
      removeEventListener("beforeprint", begin);
      removeEventListener("afterprint", end);
    };
  }, []);
  return isPrinting;
}
