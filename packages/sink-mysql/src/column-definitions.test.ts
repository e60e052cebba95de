import { describe, expect, it } from 'vitest';
import { withComments } from './column-definitions.js';

const CREATED = `CREATE TABLE \`mcall_contacts\` (
  \`$id\` varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  \`$changed\` datetime(3) DEFAULT current_timestamp(3) ON UPDATE current_timestamp(3) COMMENT 'it''s \\\\ COMMENT ''x''',
  \`a\`\`b\` longtext DEFAULT ' COMMENT ''no''' CHECK (json_valid(\`a\`\`b\`)),
  \`both\` int(11) DEFAULT NULL COMMENT 'old' CHECK (\`both\` > 0),
  PRIMARY KEY (\`$id\`)
) ENGINE=InnoDB COMMENT='table'`;

const definitionOf = (column: string, comment = "it's") => withComments(CREATED, [{ column, comment }]);

describe('the definition of a column with another comment', () => {
  it.each([
    ['$id', "`$id` varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL COMMENT 'it\\'s'"],
    ['$changed', "`$changed` datetime(3) DEFAULT current_timestamp(3) ON UPDATE current_timestamp(3) COMMENT 'it\\'s'"],
    ['a`b', "`a``b` longtext DEFAULT ' COMMENT ''no''' COMMENT 'it\\'s' CHECK (json_valid(`a``b`))"],
    ['both', "`both` int(11) DEFAULT NULL COMMENT 'it\\'s' CHECK (`both` > 0)"],
  ])('keeps all else of %s', (column, definition) => {
    expect(definitionOf(column)).toEqual([definition]);
  });

  it('leaves out a column that is not there', () => expect(definitionOf('gone')).toEqual([]));
});
