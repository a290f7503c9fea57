/** Fields of a form, which know only text, as their contract wants them. */
import { z } from 'zod';

/** The contract behind what may be absent. */
function present(contract: unknown): unknown {
  return contract instanceof z.ZodOptional || contract instanceof z.ZodDefault
    ? present(contract.unwrap())
    : contract;
}

/** What JSON says; text that is none stays text, for the contract to refuse by name. */
function readJsonText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Whether a field may be sent several times, each time with one more element. */
export function isList(contract: unknown): boolean {
  return present(contract) instanceof z.ZodArray;
}

/**
 * What a field's texts stand for: a number or yes or no if the contract wants one and it is written so, JSON where it
 * wants an object or a tuple, and a list as JSON or as one text for each element.
 *
 * @param contract of the field; unknown fields stay text
 * @param texts what came under its name: one, or for a list several
 */
export function readField(contract: unknown, texts: readonly [string, ...string[]]): unknown {
  const wanted = present(contract);
  const [text] = texts;
  if (wanted instanceof z.ZodArray)
    return texts.length === 1 && /^\s*\[/.test(text) ? readJsonText(text) : texts;
  if (wanted instanceof z.ZodTuple || wanted instanceof z.ZodObject) return readJsonText(text);
  const isNumber = wanted instanceof z.ZodNumber || (wanted instanceof z.ZodLiteral && wanted.value === 1);
  if (isNumber && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (wanted instanceof z.ZodBoolean && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}
