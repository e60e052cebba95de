import type { ErrorCode } from '@dbsync/core/contract';

/** The error codes of this sink: what happened, when that is normal, what to do. */
export const errorCodes = {
  SQLITE_FOLDER_EXPOSED: {
    what: 'Other users of this machine may write to the folder of the SQLite file. They can put files and links beside it. Unless the folder has the sticky bit, as /tmp has it, they can also remove the copy or put another file in its place.',
    normal: null,
    remedy:
      'Keep the file in a folder of its own. For a new folder: mkdir -m 700 FOLDER. For an existing one: chmod go-w FOLDER. For readers of a group: mode 0750.',
    exit: null,
  },
  SQLITE_ADDRESS_INVALID: {
    what: 'The address names no file.',
    normal: null,
    remedy: 'Give sqlite:FILE, such as sqlite:/var/lib/dbsync/campaign.db.',
    exit: 2,
  },
  SQLITE_OPTION_INVALID: {
    what: 'The parameter mode of the address is no set of permissions for a file.',
    normal: null,
    remedy: 'Write sqlite:FILE?mode=0640, so that the group of the file may read it, or leave mode out.',
    exit: 2,
  },
  SQLITE_FILE_MISSING: {
    what: 'A command that reads a copy found no file at the address. It makes none.',
    normal: null,
    remedy: 'Check the address, and the folder where the command was called: give the path from the root.',
    exit: 2,
  },
  SQLITE_CANNOT_OPEN: {
    what: 'The file cannot be opened or made: its folder is missing, or the process may not use it.',
    normal: null,
    remedy: 'Make the folder, and allow the user of dbsync to write to it.',
    exit: 3,
  },
  SQLITE_NOT_A_DATABASE: {
    what: 'The file is damaged, or is no SQLite database.',
    normal: null,
    remedy:
      'Check the address. Restore a damaged file from a backup, or move it away: db_init copies everything again.',
    exit: 3,
  },
  SQLITE_FILE_REPLACED: {
    what: 'The file of the database was moved, removed or replaced by another one. No part of the refused call was stored.',
    normal: 'When a backup is restored while dbsync runs.',
    remedy:
      'Nothing to do: dbsync opens the present file, or makes one, and continues from the progress in it. Stop dbsync before you replace the file, and remove the files -wal and -shm beside it.',
    exit: 3,
  },
  SQLITE_BUSY: {
    what: 'Another process held the write lock of the file for too long. No part of the write was stored; it is repeated.',
    normal: 'For a moment, when several campaigns share the file.',
    remedy: 'If it stays, find the program that keeps a transaction open on the file.',
    exit: 1,
  },
  SQLITE_FULL: {
    what: 'The disk is full. No part of the write was stored; it is repeated.',
    normal: null,
    remedy: 'Free some room: dbsync continues by itself.',
    exit: 3,
  },
  SQLITE_IO: {
    what: 'Reading or writing the file failed.',
    normal: null,
    remedy: 'Look at the system log: a disk or a network file system may be failing.',
    exit: 3,
  },
  SQLITE_REFUSED: {
    what: 'SQLite refuses a row: it is larger than a row can be, or breaks a constraint of the table.',
    normal: null,
    remedy: 'Read it with dead-letters show; check whether the tables were changed.',
    exit: 1,
  },
  SQLITE_FAILED: {
    what: 'SQLite failed in a way that dbsync does not know.',
    normal: null,
    remedy: 'The message quotes it; if it stays, report it.',
    exit: 1,
  },
} as const satisfies Readonly<Record<string, ErrorCode>>;
