export interface Task {
  readonly id: string;
  readonly name: string;
}

export const TASKS = {
  lead: { id: 'TASKFCLEAD', name: 'fc_lead' },
  check: { id: 'TASKQCCHECK', name: 'qc_check' },
} as const;
