CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE agents (
	id VARCHAR(64) NOT NULL, 
	email VARCHAR(255) NOT NULL, 
	name TEXT NOT NULL, 
	admin BOOLEAN NOT NULL, 
	password TEXT NOT NULL, 
	created_at BIGINT NOT NULL, seen_at BIGINT, preferences TEXT, availability VARCHAR(16) DEFAULT 'online' NOT NULL, capacity INTEGER DEFAULT '5' NOT NULL, lead BOOLEAN DEFAULT 0 NOT NULL, disabled_at BIGINT, 
	CONSTRAINT pk_agents PRIMARY KEY (id), 
	CONSTRAINT uq_agents_email UNIQUE (email)
);
CREATE TABLE articles (
	id TEXT NOT NULL, 
	title TEXT NOT NULL, 
	language VARCHAR(35) NOT NULL, 
	text TEXT NOT NULL, 
	url TEXT, 
	updated DATE, 
	valid_until DATE, 
	tags TEXT NOT NULL, 
	content_hash VARCHAR(64) NOT NULL, 
	origin TEXT, valid_from DATE, supersedes TEXT DEFAULT '[]' NOT NULL, superseded_by TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_articles PRIMARY KEY (id)
);
CREATE TABLE customers (
	id VARCHAR(64) NOT NULL, 
	created_at BIGINT NOT NULL, 
	name TEXT, 
	email TEXT, 
	locale VARCHAR(35), 
	verified BOOLEAN NOT NULL, 
	familiarity FLOAT, 
	attributes TEXT NOT NULL, 
	CONSTRAINT pk_customers PRIMARY KEY (id)
);
CREATE TABLE journal (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	conversation VARCHAR(64) NOT NULL, 
	message VARCHAR(64), 
	created_at BIGINT NOT NULL
);
CREATE TABLE knowledge (
	id INTEGER NOT NULL, 
	version INTEGER NOT NULL, compared INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_knowledge PRIMARY KEY (id)
);
CREATE TABLE chunks (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	article TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	headings TEXT NOT NULL, 
	text TEXT NOT NULL, 
	tokens INTEGER NOT NULL, 
	title_terms TEXT NOT NULL, 
	heading_terms TEXT NOT NULL, 
	body_terms TEXT NOT NULL, 
	CONSTRAINT fk_chunks_article FOREIGN KEY(article) REFERENCES articles (id) ON DELETE CASCADE
);
CREATE TABLE conversations (
	id VARCHAR(64) NOT NULL, 
	customer VARCHAR(64) NOT NULL, 
	channel VARCHAR(32) NOT NULL, 
	language VARCHAR(35) NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	epoch INTEGER NOT NULL, 
	seq INTEGER NOT NULL, 
	episode_from INTEGER NOT NULL, 
	agent VARCHAR(64), 
	priority VARCHAR(16) NOT NULL, 
	reason VARCHAR(32), 
	waiting_since BIGINT, 
	told TEXT, 
	created_at BIGINT NOT NULL, 
	updated_at BIGINT NOT NULL, 
	closed_at BIGINT, 
	outcome VARCHAR(32), 
	previous VARCHAR(64), 
	carried TEXT, 
	token_hash VARCHAR(64), origin VARCHAR(64), snoozed_until BIGINT, 
	CONSTRAINT pk_conversations PRIMARY KEY (id), 
	CONSTRAINT fk_conversations_agent FOREIGN KEY(agent) REFERENCES agents (id), 
	CONSTRAINT fk_conversations_customer FOREIGN KEY(customer) REFERENCES customers (id)
);
CREATE TABLE credentials (
	secret_hash VARCHAR(64) NOT NULL, 
	agent VARCHAR(64) NOT NULL, 
	csrf VARCHAR(64), 
	expires_at BIGINT, 
	created_at BIGINT NOT NULL, label TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_credentials PRIMARY KEY (secret_hash), 
	CONSTRAINT fk_credentials_agent FOREIGN KEY(agent) REFERENCES agents (id)
);
CREATE TABLE identities (
	channel VARCHAR(32) NOT NULL, 
	id VARCHAR(255) NOT NULL, 
	customer VARCHAR(64) NOT NULL, 
	verified BOOLEAN NOT NULL, 
	CONSTRAINT pk_identities PRIMARY KEY (channel, id), 
	CONSTRAINT fk_identities_customer FOREIGN KEY(customer) REFERENCES customers (id)
);
CREATE TABLE due (
	conversation VARCHAR(64) NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	due_at BIGINT NOT NULL, 
	since BIGINT NOT NULL, 
	tries INTEGER NOT NULL, 
	lease VARCHAR(32), 
	lease_until BIGINT, 
	CONSTRAINT pk_due PRIMARY KEY (conversation, kind), 
	CONSTRAINT fk_due_conversation FOREIGN KEY(conversation) REFERENCES conversations (id)
);
CREATE TABLE feedback (
	id INTEGER NOT NULL, 
	conversation VARCHAR(64) NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	value INTEGER NOT NULL, 
	message VARCHAR(64), 
	comment TEXT, 
	created_at BIGINT NOT NULL, 
	CONSTRAINT pk_feedback PRIMARY KEY (id), 
	CONSTRAINT fk_feedback_conversation FOREIGN KEY(conversation) REFERENCES conversations (id)
);
CREATE TABLE handoffs (
	conversation VARCHAR(64) NOT NULL, 
	epoch INTEGER NOT NULL, 
	packet TEXT NOT NULL, 
	reason VARCHAR(32) NOT NULL, 
	created_at BIGINT NOT NULL, 
	claimed_at BIGINT, 
	CONSTRAINT pk_handoffs PRIMARY KEY (conversation, epoch), 
	CONSTRAINT fk_handoffs_conversation FOREIGN KEY(conversation) REFERENCES conversations (id)
);
CREATE TABLE messages (
	position INTEGER NOT NULL, 
	id VARCHAR(64) NOT NULL, 
	conversation VARCHAR(64) NOT NULL, 
	seq INTEGER NOT NULL, 
	author VARCHAR(16) NOT NULL, 
	text TEXT NOT NULL, 
	language VARCHAR(35), 
	kind VARCHAR(16) NOT NULL, 
	citations TEXT NOT NULL, 
	buttons TEXT NOT NULL, 
	agent VARCHAR(64), 
	agent_name TEXT, 
	private BOOLEAN NOT NULL, 
	created_at BIGINT NOT NULL, 
	CONSTRAINT pk_messages PRIMARY KEY (position), 
	CONSTRAINT fk_messages_conversation FOREIGN KEY(conversation) REFERENCES conversations (id), 
	CONSTRAINT uq_messages_conversation UNIQUE (conversation, id)
);
CREATE TABLE turns (
	conversation VARCHAR(64) NOT NULL, 
	turn INTEGER NOT NULL, 
	seq INTEGER NOT NULL, 
	record TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	decision VARCHAR(16) NOT NULL, 
	CONSTRAINT pk_turns PRIMARY KEY (conversation, turn), 
	CONSTRAINT fk_turns_conversation FOREIGN KEY(conversation) REFERENCES conversations (id)
);
CREATE TABLE vectors (
	chunk INTEGER NOT NULL, 
	model VARCHAR(255) NOT NULL, 
	dimensions INTEGER NOT NULL, 
	data BLOB NOT NULL, 
	tokens BLOB NOT NULL, 
	CONSTRAINT pk_vectors PRIMARY KEY (chunk, model), 
	CONSTRAINT fk_vectors_chunk FOREIGN KEY(chunk) REFERENCES chunks (id) ON DELETE CASCADE
);
CREATE VIRTUAL TABLE chunk_words USING fts5(
    title_terms, heading_terms, body_terms, content='chunks', content_rowid='id', tokenize="ascii tokenchars '-_./:+#'"
);
CREATE TABLE collections (
	model VARCHAR(255) NOT NULL, 
	name VARCHAR(100) NOT NULL, 
	lease VARCHAR(32), 
	lease_until BIGINT, spec TEXT DEFAULT '' NOT NULL, maker VARCHAR(32), maker_until BIGINT, 
	CONSTRAINT pk_collections PRIMARY KEY (model)
);
CREATE TABLE events (
	channel VARCHAR(32) NOT NULL, 
	account VARCHAR(64) NOT NULL, 
	id VARCHAR(64) NOT NULL, 
	created_at BIGINT NOT NULL, 
	CONSTRAINT pk_events PRIMARY KEY (channel, account, id)
);
CREATE TABLE link_codes (
	code_hash VARCHAR(64) NOT NULL, 
	customer VARCHAR(64) NOT NULL, 
	expires_at BIGINT NOT NULL, 
	CONSTRAINT pk_link_codes PRIMARY KEY (code_hash), 
	CONSTRAINT fk_link_codes_customer FOREIGN KEY(customer) REFERENCES customers (id)
);
CREATE TABLE links (
	id VARCHAR(64) NOT NULL, 
	one VARCHAR(64) NOT NULL, 
	other VARCHAR(64) NOT NULL, 
	proof VARCHAR(16) NOT NULL, 
	agent VARCHAR(64), 
	reason TEXT, 
	created_at BIGINT NOT NULL, 
	ended_at BIGINT, 
	CONSTRAINT pk_links PRIMARY KEY (id), 
	CONSTRAINT fk_links_one FOREIGN KEY(one) REFERENCES customers (id), 
	CONSTRAINT fk_links_other FOREIGN KEY(other) REFERENCES customers (id)
);
CREATE TABLE media (
	position INTEGER NOT NULL, 
	id VARCHAR(64) NOT NULL, 
	conversation VARCHAR(64) NOT NULL, 
	message VARCHAR(64) NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	name TEXT NOT NULL, 
	source TEXT NOT NULL, 
	type VARCHAR(100), 
	size INTEGER, 
	why TEXT, 
	data BLOB, 
	created_at BIGINT NOT NULL, 
	CONSTRAINT pk_media PRIMARY KEY (position), 
	CONSTRAINT fk_media_conversation FOREIGN KEY(conversation) REFERENCES conversations (id), 
	CONSTRAINT uq_media_id UNIQUE (id)
);
CREATE TABLE threads (
	id VARCHAR(64) NOT NULL, 
	channel VARCHAR(32) NOT NULL, 
	account VARCHAR(64) NOT NULL, 
	peer VARCHAR(255) NOT NULL, 
	thread VARCHAR(255) NOT NULL, 
	customer VARCHAR(64) NOT NULL, 
	conversation VARCHAR(64) NOT NULL, 
	heard_at BIGINT NOT NULL, 
	context TEXT NOT NULL, 
	unreachable TEXT, whole TEXT, 
	CONSTRAINT pk_threads PRIMARY KEY (id), 
	CONSTRAINT fk_threads_conversation FOREIGN KEY(conversation) REFERENCES conversations (id), 
	CONSTRAINT fk_threads_customer FOREIGN KEY(customer) REFERENCES customers (id), 
	CONSTRAINT uq_threads_channel UNIQUE (channel, account, peer, thread)
);
CREATE TABLE deliveries (
	position INTEGER NOT NULL, 
	id VARCHAR(64) NOT NULL, 
	conversation VARCHAR(64) NOT NULL, 
	message VARCHAR(64) NOT NULL, 
	thread VARCHAR(64) NOT NULL, 
	epoch INTEGER NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	part INTEGER NOT NULL, 
	tries INTEGER NOT NULL, 
	platform_ids TEXT NOT NULL, 
	status VARCHAR(16), 
	why TEXT, 
	created_at BIGINT NOT NULL, 
	sent_at BIGINT, 
	CONSTRAINT pk_deliveries PRIMARY KEY (position), 
	CONSTRAINT fk_deliveries_conversation FOREIGN KEY(conversation) REFERENCES conversations (id), 
	CONSTRAINT fk_deliveries_thread FOREIGN KEY(thread) REFERENCES threads (id), 
	CONSTRAINT uq_deliveries_id UNIQUE (id)
);
CREATE TABLE receipts (
	channel VARCHAR(32) NOT NULL, 
	platform_id VARCHAR(64) NOT NULL, 
	delivery VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_receipts PRIMARY KEY (channel, platform_id), 
	CONSTRAINT fk_receipts_delivery FOREIGN KEY(delivery) REFERENCES deliveries (id)
);
CREATE TABLE spending (
	scope VARCHAR(16) NOT NULL, 
	"key" VARCHAR(64) NOT NULL, 
	day VARCHAR(10) NOT NULL, 
	tokens BIGINT NOT NULL, 
	calls INTEGER NOT NULL, 
	cost FLOAT NOT NULL, 
	CONSTRAINT pk_spending PRIMARY KEY (scope, "key", day)
);
CREATE TABLE audit (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	created_at BIGINT NOT NULL, 
	actor VARCHAR(80) NOT NULL, 
	action VARCHAR(32) NOT NULL, 
	conversation VARCHAR(64), 
	epoch INTEGER, 
	details TEXT NOT NULL
);
CREATE TABLE dead_letters (
	id INTEGER NOT NULL, 
	conversation VARCHAR(64) NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	tries INTEGER NOT NULL, 
	why TEXT NOT NULL, 
	created_at BIGINT NOT NULL, peer VARCHAR(255), content TEXT, 
	CONSTRAINT pk_dead_letters PRIMARY KEY (id)
);
CREATE TABLE replacements (
	article TEXT NOT NULL, 
	"by" TEXT NOT NULL, 
	CONSTRAINT pk_replacements PRIMARY KEY (article), 
	CONSTRAINT fk_replacements_article FOREIGN KEY(article) REFERENCES articles (id) ON DELETE CASCADE, 
	CONSTRAINT fk_replacements_by FOREIGN KEY("by") REFERENCES articles (id) ON DELETE CASCADE
);
CREATE TABLE contradictions (
	id VARCHAR(32) NOT NULL, 
	one_article TEXT NOT NULL, 
	other_article TEXT NOT NULL, 
	one_text TEXT NOT NULL, 
	other_text TEXT NOT NULL, 
	measure VARCHAR(40) NOT NULL, 
	found_at BIGINT NOT NULL, 
	CONSTRAINT pk_contradictions PRIMARY KEY (id), 
	CONSTRAINT fk_contradictions_one_article FOREIGN KEY(one_article) REFERENCES articles (id) ON DELETE CASCADE, 
	CONSTRAINT fk_contradictions_other_article FOREIGN KEY(other_article) REFERENCES articles (id) ON DELETE CASCADE
);
CREATE TABLE dismissals (
	id VARCHAR(32) NOT NULL, 
	"by" TEXT NOT NULL, 
	at BIGINT NOT NULL, why TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_dismissals PRIMARY KEY (id)
);
CREATE TABLE troubles (
	place TEXT NOT NULL, 
	source TEXT NOT NULL, 
	why TEXT NOT NULL, 
	since BIGINT NOT NULL, harmless BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_troubles PRIMARY KEY (place)
);
CREATE TABLE sources (
	source TEXT NOT NULL, 
	prune BOOLEAN NOT NULL, 
	looked_at BIGINT NOT NULL, 
	read_at BIGINT, 
	failures INTEGER NOT NULL, 
	wanted BOOLEAN NOT NULL, 
	lease VARCHAR(32), 
	lease_until BIGINT, 
	CONSTRAINT pk_sources PRIMARY KEY (source)
);
CREATE TABLE proofs (
	id INTEGER NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_proofs PRIMARY KEY (id)
);
CREATE TABLE outcomes (
	conversation VARCHAR(64) NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	ended_by VARCHAR(80) NOT NULL, 
	why VARCHAR(32) NOT NULL, 
	ended_at BIGINT NOT NULL, 
	frustration_start FLOAT, 
	frustration_end FLOAT, 
	CONSTRAINT pk_outcomes PRIMARY KEY (conversation), 
	CONSTRAINT fk_outcomes_conversation FOREIGN KEY(conversation) REFERENCES conversations (id)
);
CREATE TABLE questions (
	conversation VARCHAR(64) NOT NULL, 
	turn INTEGER NOT NULL, 
	asked_at BIGINT NOT NULL, 
	language VARCHAR(35) NOT NULL, 
	decision VARCHAR(16) NOT NULL, 
	text TEXT NOT NULL, 
	model VARCHAR(120), 
	vector BLOB, 
	theme VARCHAR(64), 
	CONSTRAINT pk_questions PRIMARY KEY (conversation, turn), 
	CONSTRAINT fk_questions_conversation FOREIGN KEY(conversation) REFERENCES conversations (id)
);
CREATE TABLE themes (
	id VARCHAR(64) NOT NULL, 
	title TEXT, 
	conversation VARCHAR(64), 
	turn INTEGER, 
	terms TEXT NOT NULL, 
	pinned BOOLEAN NOT NULL, 
	merged_into VARCHAR(64), 
	created_at BIGINT NOT NULL, 
	CONSTRAINT pk_themes PRIMARY KEY (id)
);
CREATE TABLE theme_events (
	id INTEGER NOT NULL, 
	theme VARCHAR(64) NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	other VARCHAR(64), 
	actor VARCHAR(80) NOT NULL, 
	created_at BIGINT NOT NULL, 
	CONSTRAINT pk_theme_events PRIMARY KEY (id), 
	CONSTRAINT fk_theme_events_theme FOREIGN KEY(theme) REFERENCES themes (id)
);
CREATE TABLE theme_runs (
	kind VARCHAR(16) NOT NULL, 
	started_at BIGINT NOT NULL, 
	finished_at BIGINT, 
	CONSTRAINT pk_theme_runs PRIMARY KEY (kind)
);
CREATE TABLE gaps (
	id VARCHAR(64) NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	language VARCHAR(35) NOT NULL, 
	owner VARCHAR(64), 
	due_at BIGINT, 
	reason TEXT, 
	title TEXT, 
	text TEXT, 
	proof TEXT, 
	article TEXT, 
	created_at BIGINT NOT NULL, 
	updated_at BIGINT NOT NULL, 
	published_at BIGINT, 
	CONSTRAINT pk_gaps PRIMARY KEY (id)
);
CREATE TABLE gap_evidence (
	conversation VARCHAR(64) NOT NULL, 
	turn INTEGER NOT NULL, 
	gap VARCHAR(64) NOT NULL, 
	why VARCHAR(16) NOT NULL, 
	CONSTRAINT pk_gap_evidence PRIMARY KEY (conversation, turn), 
	CONSTRAINT fk_gap_evidence_conversation FOREIGN KEY(conversation) REFERENCES conversations (id), 
	CONSTRAINT fk_gap_evidence_gap FOREIGN KEY(gap) REFERENCES gaps (id)
);
CREATE TABLE gap_sentences (
	gap VARCHAR(64) NOT NULL, 
	position INTEGER NOT NULL, 
	conversation VARCHAR(64) NOT NULL, 
	message VARCHAR(64) NOT NULL, 
	text TEXT NOT NULL, 
	personal BOOLEAN NOT NULL, 
	CONSTRAINT pk_gap_sentences PRIMARY KEY (gap, position), 
	CONSTRAINT fk_gap_sentences_gap FOREIGN KEY(gap) REFERENCES gaps (id), 
	CONSTRAINT fk_gap_sentences_conversation FOREIGN KEY(conversation) REFERENCES conversations (id)
);
CREATE TABLE surveys (
	conversation VARCHAR(64) NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	version INTEGER NOT NULL, 
	asked_at BIGINT NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	CONSTRAINT pk_surveys PRIMARY KEY (conversation), 
	CONSTRAINT fk_surveys_conversation FOREIGN KEY(conversation) REFERENCES conversations (id)
);
CREATE TABLE search_entries (
	position INTEGER NOT NULL, 
	conversation VARCHAR(64) NOT NULL, 
	message VARCHAR(64), 
	words TEXT NOT NULL, 
	CONSTRAINT pk_search_entries PRIMARY KEY (position), 
	CONSTRAINT fk_search_entries_conversation FOREIGN KEY(conversation) REFERENCES conversations (id)
);
CREATE VIRTUAL TABLE search_words USING fts5(
    words, content='search_entries', content_rowid='position', columnsize=0, tokenize="ascii"
);
CREATE TABLE tags (
	id VARCHAR(64) NOT NULL, 
	name VARCHAR(60) NOT NULL, 
	created_at BIGINT NOT NULL, 
	CONSTRAINT pk_tags PRIMARY KEY (id), 
	CONSTRAINT uq_tags_name UNIQUE (name)
);
CREATE TABLE conversation_tags (
	conversation VARCHAR(64) NOT NULL, 
	tag VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_conversation_tags PRIMARY KEY (conversation, tag), 
	CONSTRAINT fk_conversation_tags_conversation FOREIGN KEY(conversation) REFERENCES conversations (id), 
	CONSTRAINT fk_conversation_tags_tag FOREIGN KEY(tag) REFERENCES tags (id)
);
CREATE TABLE views (
	id VARCHAR(64) NOT NULL, 
	agent VARCHAR(64), 
	name VARCHAR(60) NOT NULL, 
	filters TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	CONSTRAINT pk_views PRIMARY KEY (id), 
	CONSTRAINT fk_views_agent FOREIGN KEY(agent) REFERENCES agents (id)
);
CREATE TABLE saved_replies (
	id VARCHAR(64) NOT NULL, 
	agent VARCHAR(64), 
	name VARCHAR(60) NOT NULL, 
	language VARCHAR(35), 
	text TEXT NOT NULL, 
	actions TEXT NOT NULL, 
	used INTEGER NOT NULL, 
	used_at BIGINT, 
	created_at BIGINT NOT NULL, 
	updated_at BIGINT NOT NULL, 
	CONSTRAINT pk_saved_replies PRIMARY KEY (id), 
	CONSTRAINT fk_saved_replies_agent FOREIGN KEY(agent) REFERENCES agents (id)
);
CREATE TABLE read_marks (
	agent VARCHAR(64) NOT NULL, 
	conversation VARCHAR(64) NOT NULL, 
	seq INTEGER NOT NULL, 
	CONSTRAINT pk_read_marks PRIMARY KEY (agent, conversation), 
	CONSTRAINT fk_read_marks_agent FOREIGN KEY(agent) REFERENCES agents (id), 
	CONSTRAINT fk_read_marks_conversation FOREIGN KEY(conversation) REFERENCES conversations (id)
);
CREATE TABLE teams (
	id VARCHAR(64) NOT NULL, 
	name VARCHAR(60) NOT NULL, 
	assignment VARCHAR(16) NOT NULL, 
	language VARCHAR(35), 
	channel VARCHAR(32), 
	created_at BIGINT NOT NULL, 
	CONSTRAINT pk_teams PRIMARY KEY (id), 
	CONSTRAINT uq_teams_name UNIQUE (name)
);
CREATE TABLE team_members (
	team VARCHAR(64) NOT NULL, 
	agent VARCHAR(64) NOT NULL, 
	assigned_at BIGINT, 
	CONSTRAINT pk_team_members PRIMARY KEY (team, agent), 
	CONSTRAINT fk_team_members_team FOREIGN KEY(team) REFERENCES teams (id), 
	CONSTRAINT fk_team_members_agent FOREIGN KEY(agent) REFERENCES agents (id)
);
CREATE TABLE presence_intervals (
	id INTEGER NOT NULL, 
	agent VARCHAR(64) NOT NULL, 
	availability VARCHAR(16) NOT NULL, 
	begun_at BIGINT NOT NULL, 
	ended_at BIGINT, 
	CONSTRAINT pk_presence_intervals PRIMARY KEY (id), 
	CONSTRAINT fk_presence_intervals_agent FOREIGN KEY(agent) REFERENCES agents (id)
);
CREATE TABLE action_flows (
	conversation VARCHAR(64) NOT NULL, 
	flow TEXT NOT NULL, 
	updated_at BIGINT NOT NULL, 
	CONSTRAINT pk_action_flows PRIMARY KEY (conversation), 
	CONSTRAINT fk_action_flows_conversation FOREIGN KEY(conversation) REFERENCES conversations (id)
);
CREATE TABLE proposals (
	id VARCHAR(64) NOT NULL, 
	conversation VARCHAR(64) NOT NULL, 
	customer VARCHAR(64) NOT NULL, 
	tool VARCHAR(64) NOT NULL, 
	arguments TEXT NOT NULL, 
	epoch INTEGER NOT NULL, 
	effect TEXT NOT NULL, 
	language VARCHAR(35) NOT NULL, 
	level INTEGER NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	approved_by VARCHAR(64), 
	created_at BIGINT NOT NULL, 
	decided_at BIGINT, 
	finished_at BIGINT, 
	result TEXT NOT NULL, 
	CONSTRAINT pk_proposals PRIMARY KEY (id), 
	CONSTRAINT fk_proposals_conversation FOREIGN KEY(conversation) REFERENCES conversations (id), 
	CONSTRAINT fk_proposals_customer FOREIGN KEY(customer) REFERENCES customers (id)
);
CREATE TABLE identity_grants (
	conversation VARCHAR(64) NOT NULL, 
	subject VARCHAR(64) NOT NULL, 
	level INTEGER NOT NULL, 
	method VARCHAR(16) NOT NULL, 
	expires_at BIGINT NOT NULL, 
	CONSTRAINT pk_identity_grants PRIMARY KEY (conversation, subject), 
	CONSTRAINT fk_identity_grants_conversation FOREIGN KEY(conversation) REFERENCES conversations (id)
);
CREATE TABLE attempts (
	"key" VARCHAR(64) NOT NULL, 
	count INTEGER NOT NULL, 
	expires_at BIGINT NOT NULL, 
	CONSTRAINT pk_attempts PRIMARY KEY ("key")
);
CREATE TABLE one_time_codes (
	conversation VARCHAR(64) NOT NULL, 
	subject VARCHAR(64) NOT NULL, 
	code_hash VARCHAR(64) NOT NULL, 
	expires_at BIGINT NOT NULL, 
	CONSTRAINT pk_one_time_codes PRIMARY KEY (conversation), 
	CONSTRAINT fk_one_time_codes_conversation FOREIGN KEY(conversation) REFERENCES conversations (id)
);
CREATE TABLE customer_facts (
	identity_type VARCHAR(32) NOT NULL, 
	identity VARCHAR(255) NOT NULL, 
	"key" VARCHAR(64) NOT NULL, 
	value TEXT NOT NULL, 
	source VARCHAR(64) NOT NULL, 
	as_of BIGINT NOT NULL, 
	received_at BIGINT NOT NULL, 
	CONSTRAINT pk_customer_facts PRIMARY KEY (identity_type, identity, "key")
);
CREATE TABLE fact_imports (
	id VARCHAR(64) NOT NULL, 
	source VARCHAR(64) NOT NULL, 
	rows INTEGER NOT NULL, 
	created_at BIGINT NOT NULL, 
	undone_at BIGINT, 
	CONSTRAINT pk_fact_imports PRIMARY KEY (id)
);
CREATE TABLE fact_import_changes (
	import_id VARCHAR(64) NOT NULL, 
	identity_type VARCHAR(32) NOT NULL, 
	identity VARCHAR(255) NOT NULL, 
	"key" VARCHAR(64) NOT NULL, 
	"before" TEXT, 
	CONSTRAINT pk_fact_import_changes PRIMARY KEY (import_id, identity_type, identity, "key"), 
	CONSTRAINT fk_fact_import_changes_import_id FOREIGN KEY(import_id) REFERENCES fact_imports (id)
);
CREATE TABLE article_revisions (
	article TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	base INTEGER NOT NULL, 
	beside BOOLEAN NOT NULL, 
	fields TEXT NOT NULL, 
	agent VARCHAR(64) NOT NULL, 
	agent_name TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	published_at BIGINT, 
	withdrawn_at BIGINT, 
	CONSTRAINT pk_article_revisions PRIMARY KEY (article, revision)
);
CREATE TABLE setting_changes (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	"key" VARCHAR(80) NOT NULL, 
	value TEXT, 
	agent VARCHAR(64) NOT NULL, 
	agent_name TEXT NOT NULL, 
	created_at BIGINT NOT NULL
);
CREATE TABLE invitations (
	secret_hash VARCHAR(64) NOT NULL, 
	agent VARCHAR(64) NOT NULL, 
	expires_at BIGINT NOT NULL, 
	created_at BIGINT NOT NULL, 
	CONSTRAINT pk_invitations PRIMARY KEY (secret_hash), 
	CONSTRAINT fk_invitations_agent FOREIGN KEY(agent) REFERENCES agents (id)
);
CREATE TABLE reply_verdicts (
	conversation VARCHAR(64) NOT NULL, 
	message VARCHAR(64) NOT NULL, 
	agent VARCHAR(64) NOT NULL, 
	verdict VARCHAR(16) NOT NULL, 
	note TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_reply_verdicts PRIMARY KEY (conversation, message, agent), 
	CONSTRAINT fk_reply_verdicts_conversation FOREIGN KEY(conversation) REFERENCES conversations (id)
);
CREATE TABLE synonyms (
	position INTEGER NOT NULL, 
	words TEXT NOT NULL, 
	CONSTRAINT pk_synonyms PRIMARY KEY (position)
);
CREATE TRIGGER chunk_words_added AFTER INSERT ON chunks BEGIN INSERT INTO chunk_words(rowid, title_terms, heading_terms, body_terms) VALUES (new.id, new.title_terms, new.heading_terms, new.body_terms); END;
CREATE TRIGGER chunk_words_removed AFTER DELETE ON chunks BEGIN INSERT INTO chunk_words(chunk_words, rowid, title_terms, heading_terms, body_terms) VALUES ('delete', old.id, old.title_terms, old.heading_terms, old.body_terms); END;
CREATE TRIGGER chunk_words_changed AFTER UPDATE OF title_terms, heading_terms, body_terms ON chunks BEGIN INSERT INTO chunk_words(chunk_words, rowid, title_terms, heading_terms, body_terms) VALUES ('delete', old.id, old.title_terms, old.heading_terms, old.body_terms); INSERT INTO chunk_words(rowid, title_terms, heading_terms, body_terms) VALUES (new.id, new.title_terms, new.heading_terms, new.body_terms); END;
CREATE TRIGGER audit_no_update BEFORE update ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE delete ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER search_words_added AFTER INSERT ON search_entries BEGIN INSERT INTO search_words(rowid, words) VALUES (new.position, new.words); END;
CREATE TRIGGER search_words_removed AFTER DELETE ON search_entries BEGIN INSERT INTO search_words(search_words, rowid, words) VALUES ('delete', old.position, old.words); END;
CREATE TRIGGER search_words_changed AFTER UPDATE OF words ON search_entries BEGIN INSERT INTO search_words(search_words, rowid, words) VALUES ('delete', old.position, old.words); INSERT INTO search_words(rowid, words) VALUES (new.position, new.words); END;
INSERT INTO "alembic_version" ("version_num") VALUES ('0022');
INSERT INTO "agents" ("id", "email", "name", "admin", "password", "created_at", "seen_at", "preferences", "availability", "capacity", "lead", "disabled_at") VALUES ('f41c0a9129f24eb6a1c2d09dbdbec5af', 'mori@shop.example', 'Mori', 0, 'hash', 1795402801220000, NULL, NULL, 'online', 5, 0, NULL);
INSERT INTO "articles" ("id", "title", "language", "text", "url", "updated", "valid_until", "tags", "content_hash", "origin", "valid_from", "supersedes", "superseded_by") VALUES ('ja/returns.md', '返品', 'ja', '# 返品

30日以内です。', NULL, NULL, '2027-01-31', '[]', '1', '{"source":"kb","location":"/kb/ja/returns.md","version":""}', NULL, '[]', '');
INSERT INTO "customers" ("id", "created_at", "name", "email", "locale", "verified", "familiarity", "attributes") VALUES ('7d0d75df3f7d4d368510798675ac83d0', 1795402800000000, NULL, NULL, 'ja', 0, 0.987, '{}');
INSERT INTO "customers" ("id", "created_at", "name", "email", "locale", "verified", "familiarity", "attributes") VALUES ('8e0b05ed22ed4edb91c26606a82eeb26', 1795402801220000, NULL, NULL, 'ja', 0, 0.922, '{}');
INSERT INTO "journal" ("id", "conversation", "message", "created_at") VALUES (1, '69edf4c88d58490ab45a627acc2cac28', NULL, 1795402800000000);
INSERT INTO "journal" ("id", "conversation", "message", "created_at") VALUES (2, '69edf4c88d58490ab45a627acc2cac28', '126a5cfb-a4ce-4b7b-b718-7ce4209e2989', 1795402800000000);
INSERT INTO "journal" ("id", "conversation", "message", "created_at") VALUES (3, '69edf4c88d58490ab45a627acc2cac28', '8855b4ccda0b4e9a8d0ff68e8c21b944', 1795402800610000);
INSERT INTO "journal" ("id", "conversation", "message", "created_at") VALUES (4, '69edf4c88d58490ab45a627acc2cac28', NULL, 1795402800610000);
INSERT INTO "journal" ("id", "conversation", "message", "created_at") VALUES (5, '69edf4c88d58490ab45a627acc2cac28', 'a565bad670f1412b9108b36894611403', 1795402800610000);
INSERT INTO "journal" ("id", "conversation", "message", "created_at") VALUES (6, '69edf4c88d58490ab45a627acc2cac28', NULL, 1795402800610000);
INSERT INTO "journal" ("id", "conversation", "message", "created_at") VALUES (7, '69edf4c88d58490ab45a627acc2cac28', NULL, 1795402801220000);
INSERT INTO "journal" ("id", "conversation", "message", "created_at") VALUES (8, '69edf4c88d58490ab45a627acc2cac28', NULL, 1795402801220000);
INSERT INTO "journal" ("id", "conversation", "message", "created_at") VALUES (9, '69edf4c88d58490ab45a627acc2cac28', '361b876c5f1b400b915c5cdf447acdde', 1795402801220000);
INSERT INTO "journal" ("id", "conversation", "message", "created_at") VALUES (10, '69edf4c88d58490ab45a627acc2cac28', NULL, 1795402801220000);
INSERT INTO "journal" ("id", "conversation", "message", "created_at") VALUES (11, '69edf4c88d58490ab45a627acc2cac28', '01266d1a-350d-4234-8a1c-d81395ece721', 1795402801220000);
INSERT INTO "journal" ("id", "conversation", "message", "created_at") VALUES (12, '69edf4c88d58490ab45a627acc2cac28', NULL, 1795402801220000);
INSERT INTO "journal" ("id", "conversation", "message", "created_at") VALUES (13, '69edf4c88d58490ab45a627acc2cac28', '29ce0bf3-2dba-4e59-86f1-86743edc4c6b', 1795402801220000);
INSERT INTO "journal" ("id", "conversation", "message", "created_at") VALUES (14, '69edf4c88d58490ab45a627acc2cac28', NULL, 1795402801220000);
INSERT INTO "journal" ("id", "conversation", "message", "created_at") VALUES (15, '69edf4c88d58490ab45a627acc2cac28', 'b3aa4ae91cde42a69ddb3127c20e7159', 1795402801220000);
INSERT INTO "journal" ("id", "conversation", "message", "created_at") VALUES (16, '69edf4c88d58490ab45a627acc2cac28', NULL, 1795402801220000);
INSERT INTO "journal" ("id", "conversation", "message", "created_at") VALUES (17, 'd864946f8f564023a41e9b22293f0a5d', NULL, 1795402801220000);
INSERT INTO "journal" ("id", "conversation", "message", "created_at") VALUES (18, 'd864946f8f564023a41e9b22293f0a5d', '44529b2d-85de-422b-bc1c-4b9934ce5b5b', 1795402801220000);
INSERT INTO "journal" ("id", "conversation", "message", "created_at") VALUES (19, 'd864946f8f564023a41e9b22293f0a5d', '68940e90cd88436c894eb1bcdef1d870', 1795402801830000);
INSERT INTO "journal" ("id", "conversation", "message", "created_at") VALUES (20, 'd864946f8f564023a41e9b22293f0a5d', NULL, 1795402801830000);
INSERT INTO "journal" ("id", "conversation", "message", "created_at") VALUES (21, 'd864946f8f564023a41e9b22293f0a5d', '2bf7e10be88e48e59a6061eab97149bc', 1795402801830000);
INSERT INTO "journal" ("id", "conversation", "message", "created_at") VALUES (22, 'd864946f8f564023a41e9b22293f0a5d', NULL, 1795402801830000);
INSERT INTO "journal" ("id", "conversation", "message", "created_at") VALUES (23, 'd864946f8f564023a41e9b22293f0a5d', NULL, 1795402802440000);
INSERT INTO "journal" ("id", "conversation", "message", "created_at") VALUES (24, 'd864946f8f564023a41e9b22293f0a5d', NULL, 1795402802440000);
INSERT INTO "knowledge" ("id", "version", "compared") VALUES (1, 3, 0);
INSERT INTO "chunks" ("id", "article", "position", "headings", "text", "tokens", "title_terms", "heading_terms", "body_terms") VALUES (1, 'ja/returns.md', 0, '["期限"]', '30日以内です。', 6, '返品', '期限', '30 日 以内');
INSERT INTO "conversations" ("id", "customer", "channel", "language", "state", "epoch", "seq", "episode_from", "agent", "priority", "reason", "waiting_since", "told", "created_at", "updated_at", "closed_at", "outcome", "previous", "carried", "token_hash", "origin", "snoozed_until") VALUES ('69edf4c88d58490ab45a627acc2cac28', '7d0d75df3f7d4d368510798675ac83d0', 'web', 'ja', 'closed', 4, 6, 0, 'f41c0a9129f24eb6a1c2d09dbdbec5af', 'normal', 'asked_for_person', NULL, 'かしこまりました。担当者におつなぎします。
これまでのやりとりは担当者に引き継ぎますので、はじめからご説明いただく必要はありません。
ただいま、お返事できる担当者が席におりません。戻りしだい、順番にご案内します。
お客様が次の順番です。
この画面を閉じられてもご連絡できるように、メールアドレスか電話番号をお書きいただけますか。不要でしたら、そのままで結構です。', 1795402800000000, 1795402801220000, 1795402801220000, 'solved', NULL, NULL, '02e3583509b7e49c70af968c0c5354249ff7aa44c918a3da53fb61b8500ecee6', NULL, NULL);
INSERT INTO "conversations" ("id", "customer", "channel", "language", "state", "epoch", "seq", "episode_from", "agent", "priority", "reason", "waiting_since", "told", "created_at", "updated_at", "closed_at", "outcome", "previous", "carried", "token_hash", "origin", "snoozed_until") VALUES ('d864946f8f564023a41e9b22293f0a5d', '8e0b05ed22ed4edb91c26606a82eeb26', 'web', 'en', 'queued', 2, 3, 0, NULL, 'high', 'asked_for_person', 1795402801830000, 'Of course. I''m connecting you with a person on our team.
They can see everything we''ve written, so you won''t need to explain it again.
Nobody is at the desk just now. We''ll get to you in turn once somebody is back.
You''re next in line.
In case you close this page, where can we reach you? An e-mail address or a phone number is enough, and it''s fine not to leave one.', 1795402801220000, 1795402801830000, NULL, NULL, NULL, NULL, 'cfdb0e4a8b4f7ee6123b309ba28d95cf7ce9626bf73ea557128b6b720d013a59', NULL, NULL);
INSERT INTO "identities" ("channel", "id", "customer", "verified") VALUES ('web', 'visitor:7d0d75df3f7d4d368510798675ac83d0', '7d0d75df3f7d4d368510798675ac83d0', 0);
INSERT INTO "identities" ("channel", "id", "customer", "verified") VALUES ('web', 'visitor:8e0b05ed22ed4edb91c26606a82eeb26', '8e0b05ed22ed4edb91c26606a82eeb26', 0);
INSERT INTO "due" ("conversation", "kind", "due_at", "since", "tries", "lease", "lease_until") VALUES ('d864946f8f564023a41e9b22293f0a5d', 'idle', 1795403101220000, 1795402801220000, 0, NULL, NULL);
INSERT INTO "due" ("conversation", "kind", "due_at", "since", "tries", "lease", "lease_until") VALUES ('d864946f8f564023a41e9b22293f0a5d', 'deadline', 1795402861830000, 1795402801830000, 0, NULL, NULL);
INSERT INTO "handoffs" ("conversation", "epoch", "packet", "reason", "created_at", "claimed_at") VALUES ('69edf4c88d58490ab45a627acc2cac28', 2, '{"version":1,"conversation":"69edf4c88d58490ab45a627acc2cac28","epoch":2,"created_at":"2026-11-23T03:00:00Z","channel":"web","trigger":{"reason":"asked_for_person","decided_by":"button","score":null,"threshold":null,"evidence":[{"turn":1,"text":"","why":"pressed_button","detail":""}]},"customer":{"id":"7d0d75df3f7d4d368510798675ac83d0","name":null,"locale":"ja","verified":false,"familiarity":0.99,"identities":[{"channel":"web","id":"visitor:7d0d75df3f7d4d368510798675ac83d0"}],"attributes":{},"previous":[]},"issue":{"ask":"返品の期限は？ ''x'' 👨‍👩‍👧","summary":{"ja":"お客様のご用件:「返品の期限は？ ''x'' 👨‍👩‍👧」アシスタントは1回お調べし、次の記事を示しました: 返品の期限。担当者との会話を希望されています。\n次に: ご用件にお答えください。","en":"The customer asks: “返品の期限は？ ''x'' 👨‍👩‍👧” Searches by the assistant: 1. Articles shown: 返品の期限. They ask for a person.\nNext: answer the request."},"topic":"returns","urgency":"normal","sensitive":null},"facts":{"claimed":[],"verified":[],"missing":[]},"actions":[],"attempts":[{"turn":0,"query":"返品の期限は？ ''x'' 👨‍👩‍👧","sources":[{"article":"ja/returns.md","score":0.67,"shown":true}],"reaction":null}],"promises":[],"sentiment":[{"frustration":0.19,"worry":0.0,"distress":0.0,"harassment":0.0,"complaint":0.0,"reply_missed":0.0,"turn":0}],"feelings":{"frustration":0.194,"worry":0.0,"distress":0.0,"harassment":0.0,"complaint":0.0,"reply_missed":0.0},"transcript":{"messages":3,"last":[{"author":"customer","text":"返品の期限は？ ''x'' 👨‍👩‍👧"},{"author":"assistant","text":"返品の期限は、商品の到着から30日以内です。[1]"},{"author":"assistant","text":"かしこまりました。担当者におつなぎします。\nこれまでのやりとりは担当者に引き継ぎますので、はじめからご説明いただく必要はありません。\nただいま、お返事できる担当者が席におりません。戻りしだい、順番にご案内します。\nお客様が次の順番です。\nこの画面を閉じられてもご連絡できるように、メールアドレスか電話番号をお書きいただけますか。不要でしたら、そのままで結構です。"}]},"suggested":[],"told_customer":"かしこまりました。担当者におつなぎします。\nこれまでのやりとりは担当者に引き継ぎますので、はじめからご説明いただく必要はありません。\nただいま、お返事できる担当者が席におりません。戻りしだい、順番にご案内します。\nお客様が次の順番です。\nこの画面を閉じられてもご連絡できるように、メールアドレスか電話番号をお書きいただけますか。不要でしたら、そのままで結構です。"}', 'asked_for_person', 1795402800610000, 1795402801220000);
INSERT INTO "handoffs" ("conversation", "epoch", "packet", "reason", "created_at", "claimed_at") VALUES ('d864946f8f564023a41e9b22293f0a5d', 2, '{"version":1,"conversation":"d864946f8f564023a41e9b22293f0a5d","epoch":2,"created_at":"2026-11-23T03:00:01Z","channel":"web","trigger":{"reason":"asked_for_person","decided_by":"button","score":null,"threshold":null,"evidence":[{"turn":1,"text":"","why":"pressed_button","detail":""}]},"customer":{"id":"8e0b05ed22ed4edb91c26606a82eeb26","name":null,"locale":"ja","verified":false,"familiarity":0.92,"identities":[{"channel":"web","id":"visitor:8e0b05ed22ed4edb91c26606a82eeb26"}],"attributes":{},"previous":[]},"issue":{"ask":"What is the return deadline?","summary":{"ja":"お客様のご用件:「What is the return deadline?」アシスタントは1回お調べしましたが、お答えできる記事はありませんでした。担当者との会話を希望されています。\n次に: ご用件にお答えください。","en":"The customer asks: “What is the return deadline?” Searches by the assistant: 1. No article answered. They ask for a person.\nNext: answer the request."},"topic":"returns","urgency":"high","sensitive":null},"facts":{"claimed":[],"verified":[],"missing":[]},"actions":[],"attempts":[{"turn":0,"query":"What is the return deadline?","sources":[{"article":"en/returns.md","score":0.4,"shown":false}],"reaction":null}],"promises":[],"sentiment":[{"frustration":0.02,"worry":0.0,"distress":0.0,"harassment":0.0,"complaint":0.0,"reply_missed":0.0,"turn":0}],"feelings":{"frustration":0.017,"worry":0.0,"distress":0.0,"harassment":0.0,"complaint":0.0,"reply_missed":0.0},"transcript":{"messages":3,"last":[{"author":"customer","text":"What is the return deadline?"},{"author":"assistant","text":"I''m sorry, I couldn''t find that in our help articles. I can connect you with a person on our team if you like.\nThese are the closest things I can tell you about."},{"author":"assistant","text":"Of course. I''m connecting you with a person on our team.\nThey can see everything we''ve written, so you won''t need to explain it again.\nNobody is at the desk just now. We''ll get to you in turn once somebody is back.\nYou''re next in line.\nIn case you close this page, where can we reach you? An e-mail address or a phone number is enough, and it''s fine not to leave one."}]},"suggested":[],"told_customer":"Of course. I''m connecting you with a person on our team.\nThey can see everything we''ve written, so you won''t need to explain it again.\nNobody is at the desk just now. We''ll get to you in turn once somebody is back.\nYou''re next in line.\nIn case you close this page, where can we reach you? An e-mail address or a phone number is enough, and it''s fine not to leave one."}', 'asked_for_person', 1795402801830000, NULL);
INSERT INTO "messages" ("position", "id", "conversation", "seq", "author", "text", "language", "kind", "citations", "buttons", "agent", "agent_name", "private", "created_at") VALUES (1, '126a5cfb-a4ce-4b7b-b718-7ce4209e2989', '69edf4c88d58490ab45a627acc2cac28', 1, 'customer', '返品の期限は？ ''x'' 👨‍👩‍👧', NULL, 'text', '[]', '[]', NULL, NULL, 0, 1795402800000000);
INSERT INTO "messages" ("position", "id", "conversation", "seq", "author", "text", "language", "kind", "citations", "buttons", "agent", "agent_name", "private", "created_at") VALUES (2, '8855b4ccda0b4e9a8d0ff68e8c21b944', '69edf4c88d58490ab45a627acc2cac28', 2, 'assistant', '返品の期限は、商品の到着から30日以内です。[1]', 'ja', 'text', '[{"n":1,"article":"ja/returns.md","title":"返品の期限","url":"http://localhost:8000/help/ja/returns.md","quote":"返品の期限は、商品の到着から30日以内です。"}]', '[]', NULL, NULL, 0, 1795402800610000);
INSERT INTO "messages" ("position", "id", "conversation", "seq", "author", "text", "language", "kind", "citations", "buttons", "agent", "agent_name", "private", "created_at") VALUES (3, 'a565bad670f1412b9108b36894611403', '69edf4c88d58490ab45a627acc2cac28', 3, 'assistant', 'かしこまりました。担当者におつなぎします。
これまでのやりとりは担当者に引き継ぎますので、はじめからご説明いただく必要はありません。
ただいま、お返事できる担当者が席におりません。戻りしだい、順番にご案内します。
お客様が次の順番です。
この画面を閉じられてもご連絡できるように、メールアドレスか電話番号をお書きいただけますか。不要でしたら、そのままで結構です。', 'ja', 'handoff_contact', '[]', '[]', NULL, NULL, 0, 1795402800610000);
INSERT INTO "messages" ("position", "id", "conversation", "seq", "author", "text", "language", "kind", "citations", "buttons", "agent", "agent_name", "private", "created_at") VALUES (4, '361b876c5f1b400b915c5cdf447acdde', '69edf4c88d58490ab45a627acc2cac28', 4, 'system', '担当のMoriです。ここからは私がご対応します。', 'ja', 'notice', '[]', '[]', NULL, NULL, 0, 1795402801220000);
INSERT INTO "messages" ("position", "id", "conversation", "seq", "author", "text", "language", "kind", "citations", "buttons", "agent", "agent_name", "private", "created_at") VALUES (5, '01266d1a-350d-4234-8a1c-d81395ece721', '69edf4c88d58490ab45a627acc2cac28', 5, 'agent', '30日以内でしたら承ります。', 'ja', 'text', '[]', '[]', 'f41c0a9129f24eb6a1c2d09dbdbec5af', 'Mori', 0, 1795402801220000);
INSERT INTO "messages" ("position", "id", "conversation", "seq", "author", "text", "language", "kind", "citations", "buttons", "agent", "agent_name", "private", "created_at") VALUES (6, '29ce0bf3-2dba-4e59-86f1-86743edc4c6b', '69edf4c88d58490ab45a627acc2cac28', 5, 'agent', '確認済み', 'ja', 'text', '[]', '[]', 'f41c0a9129f24eb6a1c2d09dbdbec5af', 'Mori', 1, 1795402801220000);
INSERT INTO "messages" ("position", "id", "conversation", "seq", "author", "text", "language", "kind", "citations", "buttons", "agent", "agent_name", "private", "created_at") VALUES (7, 'b3aa4ae91cde42a69ddb3127c20e7159', '69edf4c88d58490ab45a627acc2cac28', 6, 'system', 'ご利用ありがとうございました。また何かありましたら、いつでもこちらからお声がけください。', 'ja', 'notice', '[]', '[]', NULL, NULL, 0, 1795402801220000);
INSERT INTO "messages" ("position", "id", "conversation", "seq", "author", "text", "language", "kind", "citations", "buttons", "agent", "agent_name", "private", "created_at") VALUES (8, '44529b2d-85de-422b-bc1c-4b9934ce5b5b', 'd864946f8f564023a41e9b22293f0a5d', 1, 'customer', 'What is the return deadline?', NULL, 'text', '[]', '[]', NULL, NULL, 0, 1795402801220000);
INSERT INTO "messages" ("position", "id", "conversation", "seq", "author", "text", "language", "kind", "citations", "buttons", "agent", "agent_name", "private", "created_at") VALUES (9, '68940e90cd88436c894eb1bcdef1d870', 'd864946f8f564023a41e9b22293f0a5d', 2, 'assistant', 'I''m sorry, I couldn''t find that in our help articles. I can connect you with a person on our team if you like.
These are the closest things I can tell you about.', 'en', 'text', '[]', '[{"label":"Return deadline","value":"Return deadline"},{"label":"Talk to a person","value":"Talk to a person"}]', NULL, NULL, 0, 1795402801830000);
INSERT INTO "messages" ("position", "id", "conversation", "seq", "author", "text", "language", "kind", "citations", "buttons", "agent", "agent_name", "private", "created_at") VALUES (10, '2bf7e10be88e48e59a6061eab97149bc', 'd864946f8f564023a41e9b22293f0a5d', 3, 'assistant', 'Of course. I''m connecting you with a person on our team.
They can see everything we''ve written, so you won''t need to explain it again.
Nobody is at the desk just now. We''ll get to you in turn once somebody is back.
You''re next in line.
In case you close this page, where can we reach you? An e-mail address or a phone number is enough, and it''s fine not to leave one.', 'en', 'handoff_contact', '[]', '[]', NULL, NULL, 0, 1795402801830000);
INSERT INTO "turns" ("conversation", "turn", "seq", "record", "created_at", "decision") VALUES ('69edf4c88d58490ab45a627acc2cac28', 0, 1, '{"signals":{"turn":0,"language":"ja","frustration":0.194,"unfamiliarity":0.013,"no_progress":0.0,"wish":"none","sensitive":null,"urgency":0.0,"worry":0.0,"distress":0.0,"harassment":0.0,"complaint":0.0,"reply_missed":0.0,"small_talk":null,"reaction":null,"topic":"returns","brief":false,"is_foreign":false,"only_rejects":false,"evidence":[{"turn":0,"text":"返品の期限は? ''x''","why":"about_topic","kind":"topic","detail":"returns"}]},"verdict":{"decision":"answer","reason":null,"score":0.6666666666666666,"threshold":0.5,"evidence":[]},"query":"返品の期限は？ ''x'' 👨‍👩‍👧","sources":[{"article":"ja/returns.md","title":"返品の期限","score":0.667,"shown":true}],"model":"extractive","prompt_version":null,"withheld":[],"tokens":0,"cost":null,"instead":"","milliseconds":1454,"turn":0,"message_id":"126a5cfb-a4ce-4b7b-b718-7ce4209e2989","reply_id":"8855b4ccda0b4e9a8d0ff68e8c21b944"}', 1795402800610000, 'answer');
INSERT INTO "turns" ("conversation", "turn", "seq", "record", "created_at", "decision") VALUES ('d864946f8f564023a41e9b22293f0a5d', 0, 1, '{"signals":{"turn":0,"language":"en","frustration":0.017,"unfamiliarity":0.078,"no_progress":0.0,"wish":"none","sensitive":null,"urgency":0.6,"worry":0.0,"distress":0.0,"harassment":0.0,"complaint":0.0,"reply_missed":0.0,"small_talk":null,"reaction":null,"topic":"returns","brief":false,"is_foreign":false,"only_rejects":false,"evidence":[{"turn":0,"text":"what is the return","why":"asks_how_to_use_chat","kind":"unfamiliarity","detail":""},{"turn":0,"text":"the return deadline?","why":"in_a_hurry","kind":"urgency","detail":""},{"turn":0,"text":"what is the return deadline?","why":"about_topic","kind":"topic","detail":"returns"}]},"verdict":{"decision":"abstain","reason":"no_answer","score":0.4,"threshold":0.5,"evidence":[]},"query":"What is the return deadline?","sources":[{"article":"en/returns.md","title":"Return deadline","score":0.4,"shown":false}],"model":"","prompt_version":null,"withheld":[],"tokens":0,"cost":null,"instead":"","milliseconds":45,"turn":0,"message_id":"44529b2d-85de-422b-bc1c-4b9934ce5b5b","reply_id":"68940e90cd88436c894eb1bcdef1d870"}', 1795402801830000, 'abstain');
INSERT INTO "vectors" ("chunk", "model", "dimensions", "data", "tokens") VALUES (1, 'm', 4, X'003C003C003C003C', X'00000000');
INSERT INTO "audit" ("id", "created_at", "actor", "action", "conversation", "epoch", "details") VALUES (1, 1795402800000000, 'customer', 'owner', '69edf4c88d58490ab45a627acc2cac28', 1, '{"state":"assistant","agent":null,"reason":null}');
INSERT INTO "audit" ("id", "created_at", "actor", "action", "conversation", "epoch", "details") VALUES (2, 1795402800610000, 'customer', 'owner', '69edf4c88d58490ab45a627acc2cac28', 2, '{"state":"queued","agent":null,"reason":"asked_for_person"}');
INSERT INTO "audit" ("id", "created_at", "actor", "action", "conversation", "epoch", "details") VALUES (3, 1795402801220000, 'agent:f41c0a9129f24eb6a1c2d09dbdbec5af', 'owner', '69edf4c88d58490ab45a627acc2cac28', 3, '{"state":"agent","agent":"f41c0a9129f24eb6a1c2d09dbdbec5af","reason":"asked_for_person"}');
INSERT INTO "audit" ("id", "created_at", "actor", "action", "conversation", "epoch", "details") VALUES (4, 1795402801220000, 'agent:f41c0a9129f24eb6a1c2d09dbdbec5af', 'owner', '69edf4c88d58490ab45a627acc2cac28', 4, '{"state":"closed","agent":"f41c0a9129f24eb6a1c2d09dbdbec5af","reason":"asked_for_person"}');
INSERT INTO "audit" ("id", "created_at", "actor", "action", "conversation", "epoch", "details") VALUES (5, 1795402801220000, 'customer', 'owner', 'd864946f8f564023a41e9b22293f0a5d', 1, '{"state":"assistant","agent":null,"reason":null}');
INSERT INTO "audit" ("id", "created_at", "actor", "action", "conversation", "epoch", "details") VALUES (6, 1795402801830000, 'customer', 'owner', 'd864946f8f564023a41e9b22293f0a5d', 2, '{"state":"queued","agent":null,"reason":"asked_for_person"}');
INSERT INTO "audit" ("id", "created_at", "actor", "action", "conversation", "epoch", "details") VALUES (7, 1795402802440000, 'operator', 'release', NULL, NULL, '{"version":"1"}');
INSERT INTO "outcomes" ("conversation", "kind", "ended_by", "why", "ended_at", "frustration_start", "frustration_end") VALUES ('69edf4c88d58490ab45a627acc2cac28', 'resolved_by_person', 'agent:f41c0a9129f24eb6a1c2d09dbdbec5af', 'solved', 1795402801220000, 0.194, 0.194);
INSERT INTO "questions" ("conversation", "turn", "asked_at", "language", "decision", "text", "model", "vector", "theme") VALUES ('69edf4c88d58490ab45a627acc2cac28', 0, 1795402800610000, 'ja', 'answer', '返品の期限は？ ''x'' 👨‍👩‍👧', NULL, NULL, NULL);
INSERT INTO "questions" ("conversation", "turn", "asked_at", "language", "decision", "text", "model", "vector", "theme") VALUES ('d864946f8f564023a41e9b22293f0a5d', 0, 1795402801830000, 'en', 'abstain', 'What is the return deadline?', NULL, NULL, NULL);
INSERT INTO "surveys" ("conversation", "kind", "version", "asked_at", "state") VALUES ('69edf4c88d58490ab45a627acc2cac28', 'csat', 1, 1795402801220000, 'asked');
INSERT INTO "search_entries" ("position", "conversation", "message", "words") VALUES (1, '69edf4c88d58490ab45a627acc2cac28', NULL, '69edf4c88d58490ab45a627acc2cac28');
INSERT INTO "search_entries" ("position", "conversation", "message", "words") VALUES (2, '69edf4c88d58490ab45a627acc2cac28', '126a5cfb-a4ce-4b7b-b718-7ce4209e2989', '返品 品の の期 期限 限は は x');
INSERT INTO "search_entries" ("position", "conversation", "message", "words") VALUES (3, '69edf4c88d58490ab45a627acc2cac28', '8855b4ccda0b4e9a8d0ff68e8c21b944', '返品 品の の期 期限 限は は 商品 品の の到 到着 着か から ら 30 日以 以内 内で です す 1');
INSERT INTO "search_entries" ("position", "conversation", "message", "words") VALUES (4, '69edf4c88d58490ab45a627acc2cac28', 'a565bad670f1412b9108b36894611403', 'かし しこ こま まり りま まし した た 担当 当者 者に にお おつ つな なぎ ぎし しま ます す これ れま まで での のや やり りと とり りは は担 担当 当者 者に に引 引き き継 継ぎ ぎま ます すの ので で はじ じめ めか から らご ご説 説明 明い いた ただ だく く必 必要 要は はあ あり りま ませ せん ん ただ だい いま ま お返 返事 事で でき きる る担 担当 当者 者が が席 席に にお おり りま ませ せん ん 戻り りし しだ だい い 順番 番に にご ご案 案内 内し しま ます す お客 客様 様が が次 次の の順 順番 番で です す この の画 画面 面を を閉 閉じ じら られ れて ても もご ご連 連絡 絡で でき きる るよ よう うに に メー ール ルア アド ドレ レス スか か電 電話 話番 番号 号を をお お書 書き きい いた ただ だけ けま ます すか か 不要 要で でし した たら ら その のま まま まで で結 結構 構で です す');
INSERT INTO "search_entries" ("position", "conversation", "message", "words") VALUES (5, '69edf4c88d58490ab45a627acc2cac28', '361b876c5f1b400b915c5cdf447acdde', '担当 当の の mori です す ここ こか から らは は私 私が がご ご対 対応 応し しま ます す');
INSERT INTO "search_entries" ("position", "conversation", "message", "words") VALUES (6, '69edf4c88d58490ab45a627acc2cac28', '01266d1a-350d-4234-8a1c-d81395ece721', '30 日以 以内 内で でし した たら ら承 承り りま ます す');
INSERT INTO "search_entries" ("position", "conversation", "message", "words") VALUES (7, '69edf4c88d58490ab45a627acc2cac28', '29ce0bf3-2dba-4e59-86f1-86743edc4c6b', '確認 認済 済み み');
INSERT INTO "search_entries" ("position", "conversation", "message", "words") VALUES (8, '69edf4c88d58490ab45a627acc2cac28', 'b3aa4ae91cde42a69ddb3127c20e7159', 'ご利 利用 用あ あり りが がと とう うご ござ ざい いま まし した た また た何 何か かあ あり りま まし した たら ら いつ つで でも もこ こち ちら らか から らお お声 声が がけ けく くだ ださ さい い');
INSERT INTO "search_entries" ("position", "conversation", "message", "words") VALUES (9, 'd864946f8f564023a41e9b22293f0a5d', NULL, 'd864946f8f564023a41e9b22293f0a5d');
INSERT INTO "search_entries" ("position", "conversation", "message", "words") VALUES (10, 'd864946f8f564023a41e9b22293f0a5d', '44529b2d-85de-422b-bc1c-4b9934ce5b5b', 'what is the return deadline');
INSERT INTO "search_entries" ("position", "conversation", "message", "words") VALUES (11, 'd864946f8f564023a41e9b22293f0a5d', '68940e90cd88436c894eb1bcdef1d870', 'i m sorry i couldn t find that in our help articles i can connect you with a person on our team if you like these are the closest things i can tell you about');
INSERT INTO "search_entries" ("position", "conversation", "message", "words") VALUES (12, 'd864946f8f564023a41e9b22293f0a5d', '2bf7e10be88e48e59a6061eab97149bc', 'of course i m connecting you with a person on our team they can see everything we ve written so you won t need to explain it again nobody is at the desk just now we ll get to you in turn once somebody is back you re next in line in case you close this page where can we reach you an e mail address or a phone number is enough and it s fine not to leave one');
CREATE INDEX ix_chunks_article ON chunks (article);
CREATE INDEX ix_conversations_customer ON conversations (customer);
CREATE INDEX ix_conversations_state_waiting ON conversations (state, waiting_since);
CREATE INDEX ix_credentials_agent ON credentials (agent);
CREATE INDEX ix_identities_customer ON identities (customer);
CREATE INDEX ix_due_due_at ON due (due_at);
CREATE INDEX ix_feedback_conversation ON feedback (conversation);
CREATE INDEX ix_messages_conversation_seq ON messages (conversation, seq);
CREATE INDEX ix_events_created_at ON events (created_at);
CREATE INDEX ix_links_one ON links (one);
CREATE INDEX ix_links_other ON links (other);
CREATE INDEX ix_media_conversation ON media (conversation);
CREATE INDEX ix_threads_conversation ON threads (conversation);
CREATE INDEX ix_deliveries_conversation ON deliveries (conversation);
CREATE INDEX ix_audit_conversation ON audit (conversation);
CREATE INDEX ix_dead_letters_conversation ON dead_letters (conversation);
CREATE INDEX ix_due_lease_until ON due (lease_until);
CREATE INDEX ix_threads_customer ON threads (customer);
CREATE INDEX ix_deliveries_thread ON deliveries (thread);
CREATE INDEX ix_receipts_delivery ON receipts (delivery);
CREATE INDEX ix_conversations_closed_at ON conversations (closed_at);
CREATE INDEX ix_dead_letters_peer ON dead_letters (peer);
CREATE INDEX ix_outcomes_ended_at ON outcomes (ended_at);
CREATE INDEX ix_questions_asked_at ON questions (asked_at);
CREATE INDEX ix_questions_model ON questions (model);
CREATE INDEX ix_questions_theme ON questions (theme);
CREATE INDEX ix_theme_events_theme ON theme_events (theme);
CREATE INDEX ix_gaps_state ON gaps (state);
CREATE INDEX ix_gap_evidence_gap ON gap_evidence (gap);
CREATE INDEX ix_gap_sentences_conversation ON gap_sentences (conversation);
CREATE INDEX ix_conversations_state_updated ON conversations (state, updated_at, id);
CREATE INDEX ix_conversations_agent_updated ON conversations (agent, updated_at, id);
CREATE INDEX ix_conversations_updated ON conversations (updated_at, id);
CREATE INDEX ix_conversations_counts ON conversations (state, agent, snoozed_until);
CREATE INDEX ix_search_entries_conversation_message ON search_entries (conversation, message);
CREATE INDEX ix_conversation_tags_tag ON conversation_tags (tag);
CREATE INDEX ix_views_agent ON views (agent);
CREATE INDEX ix_saved_replies_agent ON saved_replies (agent);
CREATE INDEX ix_read_marks_conversation ON read_marks (conversation);
CREATE INDEX ix_team_members_agent ON team_members (agent);
CREATE INDEX ix_presence_intervals_agent ON presence_intervals (agent, begun_at);
CREATE INDEX ix_proposals_conversation ON proposals (conversation);
CREATE INDEX ix_proposals_customer ON proposals (customer);
CREATE INDEX ix_attempts_expires_at ON attempts (expires_at);
CREATE INDEX ix_setting_changes_key ON setting_changes ("key");
CREATE INDEX ix_invitations_agent ON invitations (agent);
CREATE INDEX ix_reply_verdicts_at ON reply_verdicts (at);
