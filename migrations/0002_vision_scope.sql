-- Keys that may submit jobs may submit these too.
UPDATE `keys` SET `scopes` = json_insert(`scopes`, '$[#]', 'vision:write')
WHERE EXISTS (SELECT 1 FROM json_each(`scopes`) WHERE value = 'edits:write')
  AND NOT EXISTS (SELECT 1 FROM json_each(`scopes`) WHERE value = 'vision:write');
