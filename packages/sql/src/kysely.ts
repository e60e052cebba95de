/** All of kysely in one file of this package's build, which each sink loads in place of its many modules. */
export * from 'kysely';
