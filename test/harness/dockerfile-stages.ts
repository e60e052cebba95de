import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DockerfileParser, From, type Instruction, ModifiableInstruction } from 'dockerfile-ast';

/** The text of the Dockerfile of the repository. */
export const dockerfile = readFileSync(join(import.meta.dirname, '../../Dockerfile'), 'utf8');

/** A stage of a Dockerfile: the instructions between two `FROM`. */
export interface DockerfileStage {
  /** The name that the stage is given by `AS`; null: it has none. */
  readonly name: string | null;
  readonly image: string;
  readonly instructions: readonly StageInstruction[];
}

export interface StageInstruction {
  /** The instruction in capitals, such as `RUN`. */
  readonly keyword: string;
  /** The flags, such as `--from=build`, by their names. */
  readonly flags: Readonly<Record<string, string>>;
  /** The arguments; of the JSON form, its texts. */
  readonly words: readonly string[];
  /** True for the JSON form, which no shell reads. */
  readonly isExec: boolean;
}

/** Returns the stages of a Dockerfile, in order. */
export function stagesOf(text: string): readonly DockerfileStage[] {
  const stages: { name: string | null; image: string; instructions: StageInstruction[] }[] = [];
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    if (instruction instanceof From) {
      stages.push({ name: instruction.getBuildStage(), image: instruction.getImage() ?? '', instructions: [] });
    } else {
      stages.at(-1)?.instructions.push(stepOf(instruction));
    }
  }
  return stages;
}

function stepOf(instruction: Instruction): StageInstruction {
  const content = (instruction.getRawArgumentsContent() ?? '').replace(/^CMD\s+(?=\[)/, '');
  const isExec = content.startsWith('[');
  const words: string[] = isExec
    ? JSON.parse(content)
    : content.split(/\s+/).filter((word) => word !== '' && word !== '\\');
  const flags = instruction instanceof ModifiableInstruction ? instruction.getFlags() : [];
  return {
    keyword: instruction.getKeyword(),
    flags: Object.fromEntries(flags.map((flag) => [flag.getName(), flag.getValue() ?? ''])),
    words,
    isExec,
  };
}
