-- +goose Up

-- The head: one row. Whoever writes holds it, so that sequence numbers have no gaps.
CREATE TABLE head (
  id      {int}   NOT NULL PRIMARY KEY CHECK (id = 1),
  size    {int}   NOT NULL,  -- number of lines
  chain   {bytes} NOT NULL,  -- SHA-256 of the chain before and the last line's leaf
  edge    {bytes} NOT NULL,  -- roots of the whole subtrees that the tree is made of, the largest first
  learnt  {int}   NOT NULL,  -- latest instant at which anything was learnt of a ticket
  acted   {int}   NOT NULL,  -- latest instant that was given to a line here
  book    {int}   NOT NULL,  -- counts the commits that changed a document
  tickets {int}   NOT NULL,  -- number of the last ticket
  mark    {bytes} NOT NULL   -- by which the record's secret is known again
) {strict};
INSERT INTO head (id, size, chain, edge, learnt, acted, book, tickets, mark)
VALUES (1, 0, {empty}, {empty}, -2208988800, -2208988800, 0, 0, {empty});

-- Truth: lines.
CREATE TABLE segment (
  first  {int}   NOT NULL PRIMARY KEY,  -- sequence number of its first line
  count  {int}   NOT NULL,
  coding {int}   NOT NULL,
  lines  {bytes} NOT NULL,  -- with line feeds between them
  leaves {bytes} NOT NULL,  -- 32 bytes a line
  chain  {bytes} NOT NULL   -- after its last line
) {strict};

-- Truth: content that lines withhold. Erased: shard and sealed are gone.
CREATE TABLE withheld (
  seq    {int}   NOT NULL,
  place  {int}   NOT NULL,  -- among the contents of the line, from zero
  ticket {text}  NOT NULL,  -- id; empty for an act
  name   {text}  NOT NULL,
  digest {text}  NOT NULL,
  shard  {bytes},
  sealed {bytes},
  PRIMARY KEY (seq, place)
) {strict};

-- Truth: shelves.
CREATE TABLE item (
  shelf   {text}  NOT NULL,
  id      {text}  NOT NULL,
  version {int}   NOT NULL,
  grp     {text}  NOT NULL,
  sort    {text}  NOT NULL,
  words   {text}  NOT NULL,  -- sort and id in small letters, to be searched
  seq     {int}   NOT NULL,
  until   {int}   NOT NULL,  -- zero: for ever
  data    {bytes} NOT NULL,
  PRIMARY KEY (shelf, id)
) {strict};
CREATE INDEX item_sort ON item (shelf, sort, id);
CREATE INDEX item_group ON item (shelf, grp, sort, id);
CREATE INDEX item_until ON item (until) WHERE until > 0;

CREATE TABLE item_version (
  shelf   {text}  NOT NULL,
  id      {text}  NOT NULL,
  version {int}   NOT NULL,
  grp     {text}  NOT NULL,
  sort    {text}  NOT NULL,
  seq     {int}   NOT NULL,
  until   {int}   NOT NULL,
  data    {bytes} NOT NULL,
  PRIMARY KEY (shelf, id, version)
) {strict};

-- Truth: which keys were used, and what for.
CREATE TABLE replay (
  who     {text}  NOT NULL,
  key     {text}  NOT NULL,
  request {bytes} NOT NULL,
  receipt {text}  NOT NULL,  -- as JSON
  at      {int}   NOT NULL,
  PRIMARY KEY (who, key)
) {clustered};
CREATE INDEX replay_at ON replay (at);

-- Index: the last number of tickets' ids with a prefix.
CREATE TABLE counter (
  prefix {text} NOT NULL PRIMARY KEY,
  last   {int}  NOT NULL
) {clustered};

-- Index: roots of whole subtrees of 256, 65536 ... lines.
CREATE TABLE subtree (
  height {int}   NOT NULL,  -- 8, 16 ...
  n      {int}   NOT NULL,
  hash   {bytes} NOT NULL,
  PRIMARY KEY (height, n)
) {clustered};

-- Index: tickets.
CREATE TABLE ticket (
  no       {int}  NOT NULL PRIMARY KEY,
  id       {text} NOT NULL UNIQUE,
  version  {int}  NOT NULL,
  chunk    {int}  NOT NULL,  -- first of its last chunk
  kind     {text} NOT NULL,
  priority {text} NOT NULL,
  service  {text} NOT NULL,
  site     {text} NOT NULL,
  party    {text} NOT NULL,
  team     {text} NOT NULL,
  status   {text} NOT NULL,
  reporter {text} NOT NULL,
  reported {int}  NOT NULL,  -- sequence number of the entry that withholds the reporter
  summary  {int}  NOT NULL,
  parent   {text} NOT NULL,
  parties  {text} NOT NULL,  -- with line feeds between them
  opened   {int}  NOT NULL,
  changed  {int}  NOT NULL,
  due      {int}  NOT NULL,
  open     {int}  NOT NULL   -- 1 while somebody is still to work on it
) {strict};
CREATE INDEX ticket_opened ON ticket (opened, no, changed, open);
CREATE INDEX ticket_changed ON ticket (changed, no, opened);
CREATE INDEX ticket_service_opened ON ticket (service, opened, no);
CREATE INDEX ticket_service_changed ON ticket (service, changed, no);
CREATE INDEX ticket_reporter ON ticket (reporter, opened, no) WHERE reporter <> '';
CREATE INDEX ticket_parent ON ticket (parent, no) WHERE parent <> '';
CREATE INDEX ticket_open_opened ON ticket (opened, no) WHERE open = 1;
CREATE INDEX ticket_open_changed ON ticket (changed, no) WHERE open = 1;
CREATE INDEX ticket_open_due ON ticket (due, no) WHERE open = 1;
CREATE INDEX ticket_open_team ON ticket (team, due, no, changed, opened) WHERE open = 1;
CREATE INDEX ticket_open_party ON ticket (party, due, no, changed, opened) WHERE open = 1;
CREATE INDEX ticket_open_site ON ticket (site, due, no, changed, opened) WHERE open = 1;
CREATE INDEX ticket_open_service ON ticket (service, due, no, changed, opened) WHERE open = 1;

-- Index: who has held a ticket or been offered it.
CREATE TABLE ticket_party (
  party   {text} NOT NULL,
  ticket  {int}  NOT NULL,
  opened  {int}  NOT NULL,
  changed {int}  NOT NULL,
  due     {int}  NOT NULL,
  open    {int}  NOT NULL,
  PRIMARY KEY (party, ticket)
) {clustered};
CREATE INDEX ticket_party_opened ON ticket_party (party, opened, ticket, changed, open);
CREATE INDEX ticket_party_changed ON ticket_party (party, changed, ticket, opened);
CREATE INDEX ticket_party_open_opened ON ticket_party (party, opened, ticket) WHERE open = 1;
CREATE INDEX ticket_party_open_changed ON ticket_party (party, changed, ticket) WHERE open = 1;
CREATE INDEX ticket_party_open_due ON ticket_party (party, due, ticket) WHERE open = 1;

-- Index: lines by ticket, in chunks.
CREATE TABLE ticket_lines (
  ticket {int}   NOT NULL,
  first  {int}   NOT NULL,  -- sequence number of its first line
  seqs   {bytes} NOT NULL,  -- distances of the others from the one before, as varints
  coding {int}   NOT NULL,
  lines  {bytes} NOT NULL,
  PRIMARY KEY (ticket, first)
) {strict};
