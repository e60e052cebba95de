/** All that a command does to make or remove a service. Nothing of it is done before it is whole. */
export interface ServicePlan {
  readonly steps: readonly ServiceStep[];
  /** Sentences for the operator, printed at the end. */
  readonly remarks: readonly string[];
}

/** Paths are absolute, as the service sees them. */
export type ServiceStep =
  | { readonly kind: 'folder'; readonly path: string; readonly mode: number }
  /** Writes a file with a mark, by which it is known later. */
  | FileStep
  /** Writes a file that no output shows. Its owner alone may read it. */
  | { readonly kind: 'secret'; readonly path: string; readonly text: string }
  | { readonly kind: 'remove'; readonly path: string; readonly comment: CommentStyle }
  /** Runs a program of the service manager. */
  | ProgramStep;

export interface FileStep {
  readonly kind: 'file';
  readonly path: string;
  readonly text: string;
  readonly comment: CommentStyle;
  readonly encoding?: 'utf16le';
}

export interface ProgramStep {
  readonly kind: 'run';
  readonly program: string;
  readonly args: readonly string[];
  /** True: a failure means that there was nothing to do. */
  readonly mayFail?: boolean;
}

/** The way in which a format writes a comment. */
export type CommentStyle = 'hash' | 'xml';

/** The facts from which the plan of a service follows. */
export interface ServiceRequest {
  readonly campaign: string;
  /** Options of the run by long name, checked; without campaign, token and URL. */
  readonly options: ReadonlyMap<string, string>;
  /** null: the file must be there already. */
  readonly token: string | null;
  readonly url: string | null;
  /** The words that start dbsync, an absolute path first. */
  readonly program: readonly string[];
  /** Paths are written below it, and nothing is started; null: on this machine. */
  readonly root: string | null;
  readonly serviceUser: string | null;
}

/** A service manager. */
export interface ServiceManager {
  /** The files of the service without its secrets; the first one is what the service manager reads. */
  files(request: ServiceRequest): readonly FileStep[];
  install(request: ServiceRequest): ServicePlan;
  uninstall(request: ServiceRequest): ServicePlan;
  /** The files that show whether the service is installed, and the program that shows its state. */
  status(request: ServiceRequest): { readonly files: readonly string[]; readonly show: ProgramStep };
}
