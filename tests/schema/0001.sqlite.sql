BEGIN TRANSACTION;
CREATE TABLE alarm (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	property VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	open_subject VARCHAR, 
	room VARCHAR, 
	wakeup_id INTEGER, 
	since VARCHAR(27) NOT NULL, 
	level INTEGER NOT NULL, 
	text TEXT NOT NULL, 
	open BOOLEAN NOT NULL, 
	acknowledged_by VARCHAR, 
	acknowledged_at VARCHAR(27), 
	outcome VARCHAR, 
	note TEXT NOT NULL, 
	closed_at VARCHAR(27), 
	next_at VARCHAR(27), 
	nagged INTEGER NOT NULL, 
	CONSTRAINT fk_alarm_wakeup_id_wakeup FOREIGN KEY(wakeup_id) REFERENCES wakeup (id), 
	CONSTRAINT uq_alarm_property_open_subject UNIQUE (property, open_subject)
);
INSERT INTO "alarm" VALUES(1,'property 1: O''Brien, Zürich','kind 1: O''Brien, Zürich','subject 1: O''Brien, Zürich','open_subject 1: O''Brien, Zürich','room 1: O''Brien, Zürich',1,'2026-11-25T05:30:00.250000Z',1,'text 1: O''Brien, Zürich',1,'acknowledged_by 1: O''Brien, Zürich','2026-11-25T05:30:00.250000Z','outcome 1: O''Brien, Zürich','note 1: O''Brien, Zürich','2026-11-25T05:30:00.250000Z','2026-11-25T05:30:00.250000Z',1);
INSERT INTO "alarm" VALUES(2,'property 2: O''Brien, Zürich','kind 2: O''Brien, Zürich','subject 2: O''Brien, Zürich',NULL,NULL,NULL,'2026-11-26T05:30:00.250000Z',2,'text 2: O''Brien, Zürich',0,NULL,NULL,NULL,'note 2: O''Brien, Zürich',NULL,NULL,2);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE attempt (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	property VARCHAR NOT NULL, 
	wakeup_id INTEGER NOT NULL, 
	n INTEGER NOT NULL, 
	device VARCHAR NOT NULL, 
	phone VARCHAR NOT NULL, 
	phase VARCHAR NOT NULL, 
	started VARCHAR(27) NOT NULL, 
	rang VARCHAR(27), 
	answered VARCHAR(27), 
	ended VARCHAR(27), 
	outcome VARCHAR, 
	detail TEXT NOT NULL, 
	check_at VARCHAR(27), 
	counted BOOLEAN NOT NULL, 
	CONSTRAINT fk_attempt_wakeup_id_wakeup FOREIGN KEY(wakeup_id) REFERENCES wakeup (id)
);
INSERT INTO "attempt" VALUES(1,'property 1: O''Brien, Zürich',1,1,'device 1: O''Brien, Zürich','phone 1: O''Brien, Zürich','phase 1: O''Brien, Zürich','2026-11-25T05:30:00.250000Z','2026-11-25T05:30:00.250000Z','2026-11-25T05:30:00.250000Z','2026-11-25T05:30:00.250000Z','outcome 1: O''Brien, Zürich','detail 1: O''Brien, Zürich','2026-11-25T05:30:00.250000Z',1);
INSERT INTO "attempt" VALUES(2,'property 2: O''Brien, Zürich',2,2,'device 2: O''Brien, Zürich','phone 2: O''Brien, Zürich','phase 2: O''Brien, Zürich','2026-11-26T05:30:00.250000Z',NULL,NULL,NULL,NULL,'detail 2: O''Brien, Zürich',NULL,0);
CREATE TABLE change (
	property VARCHAR NOT NULL, 
	n INTEGER NOT NULL, 
	kind VARCHAR NOT NULL, 
	id VARCHAR NOT NULL, 
	at VARCHAR(27) NOT NULL, 
	CONSTRAINT pk_change PRIMARY KEY (property, n)
);
INSERT INTO "change" VALUES('property 1: O''Brien, Zürich',1,'kind 1: O''Brien, Zürich','id 1: O''Brien, Zürich','2026-11-25T05:30:00.250000Z');
INSERT INTO "change" VALUES('property 2: O''Brien, Zürich',2,'kind 2: O''Brien, Zürich','id 2: O''Brien, Zürich','2026-11-26T05:30:00.250000Z');
CREATE TABLE device (
	property VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	up BOOLEAN, 
	since VARCHAR(27), 
	booted_at VARCHAR(27), 
	last_report_at VARCHAR(27), 
	last_reply_at VARCHAR(27), 
	detail TEXT NOT NULL, 
	CONSTRAINT pk_device PRIMARY KEY (property, name)
);
INSERT INTO "device" VALUES('property 1: O''Brien, Zürich','name 1: O''Brien, Zürich',1,'2026-11-25T05:30:00.250000Z','2026-11-25T05:30:00.250000Z','2026-11-25T05:30:00.250000Z','2026-11-25T05:30:00.250000Z','detail 1: O''Brien, Zürich');
INSERT INTO "device" VALUES('property 2: O''Brien, Zürich','name 2: O''Brien, Zürich',NULL,NULL,NULL,NULL,NULL,'detail 2: O''Brien, Zürich');
CREATE TABLE history (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	property VARCHAR NOT NULL, 
	wakeup_id INTEGER NOT NULL, 
	at VARCHAR(27) NOT NULL, 
	"by" VARCHAR NOT NULL, 
	origin VARCHAR NOT NULL, 
	what VARCHAR NOT NULL, 
	text TEXT NOT NULL, 
	CONSTRAINT fk_history_wakeup_id_wakeup FOREIGN KEY(wakeup_id) REFERENCES wakeup (id)
);
INSERT INTO "history" VALUES(1,'property 1: O''Brien, Zürich',1,'2026-11-25T05:30:00.250000Z','by 1: O''Brien, Zürich','origin 1: O''Brien, Zürich','what 1: O''Brien, Zürich','text 1: O''Brien, Zürich');
INSERT INTO "history" VALUES(2,'property 2: O''Brien, Zürich',2,'2026-11-26T05:30:00.250000Z','by 2: O''Brien, Zürich','origin 2: O''Brien, Zürich','what 2: O''Brien, Zürich','text 2: O''Brien, Zürich');
CREATE TABLE kept_answer (
	property VARCHAR NOT NULL, 
	"key" VARCHAR NOT NULL, 
	caller VARCHAR NOT NULL, 
	fingerprint VARCHAR NOT NULL, 
	answer TEXT NOT NULL, 
	at VARCHAR(27) NOT NULL, 
	CONSTRAINT pk_kept_answer PRIMARY KEY (property, "key", caller)
);
INSERT INTO "kept_answer" VALUES('property 1: O''Brien, Zürich','key 1: O''Brien, Zürich','caller 1: O''Brien, Zürich','fingerprint 1: O''Brien, Zürich','answer 1: O''Brien, Zürich','2026-11-25T05:30:00.250000Z');
INSERT INTO "kept_answer" VALUES('property 2: O''Brien, Zürich','key 2: O''Brien, Zürich','caller 2: O''Brien, Zürich','fingerprint 2: O''Brien, Zürich','answer 2: O''Brien, Zürich','2026-11-26T05:30:00.250000Z');
CREATE TABLE lease (
	property VARCHAR NOT NULL, 
	node VARCHAR NOT NULL, 
	epoch INTEGER NOT NULL, 
	expires VARCHAR(27) NOT NULL, 
	CONSTRAINT pk_lease PRIMARY KEY (property)
);
INSERT INTO "lease" VALUES('property 1: O''Brien, Zürich','node 1: O''Brien, Zürich',1,'2026-11-25T05:30:00.250000Z');
INSERT INTO "lease" VALUES('property 2: O''Brien, Zürich','node 2: O''Brien, Zürich',2,'2026-11-26T05:30:00.250000Z');
CREATE TABLE mark (
	property VARCHAR NOT NULL, 
	node VARCHAR NOT NULL, 
	n INTEGER NOT NULL, 
	CONSTRAINT pk_mark PRIMARY KEY (property, node)
);
INSERT INTO "mark" VALUES('property 1: O''Brien, Zürich','node 1: O''Brien, Zürich',1);
INSERT INTO "mark" VALUES('property 2: O''Brien, Zürich','node 2: O''Brien, Zürich',2);
CREATE TABLE phone (
	property VARCHAR NOT NULL, 
	device VARCHAR NOT NULL, 
	number VARCHAR NOT NULL, 
	room VARCHAR NOT NULL, 
	lineid VARCHAR, 
	wanted TEXT NOT NULL, 
	held TEXT, 
	in_sync BOOLEAN NOT NULL, 
	state VARCHAR NOT NULL, 
	checked_at VARCHAR(27), 
	CONSTRAINT pk_phone PRIMARY KEY (property, device, number)
);
INSERT INTO "phone" VALUES('property 1: O''Brien, Zürich','device 1: O''Brien, Zürich','number 1: O''Brien, Zürich','room 1: O''Brien, Zürich','lineid 1: O''Brien, Zürich','wanted 1: O''Brien, Zürich','held 1: O''Brien, Zürich',1,'state 1: O''Brien, Zürich','2026-11-25T05:30:00.250000Z');
INSERT INTO "phone" VALUES('property 2: O''Brien, Zürich','device 2: O''Brien, Zürich','number 2: O''Brien, Zürich','room 2: O''Brien, Zürich',NULL,'wanted 2: O''Brien, Zürich',NULL,0,'state 2: O''Brien, Zürich',NULL);
CREATE TABLE report (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	property VARCHAR NOT NULL, 
	device VARCHAR NOT NULL, 
	at VARCHAR(27) NOT NULL, 
	body BLOB NOT NULL, 
	worked_at VARCHAR(27), 
	bad TEXT
);
INSERT INTO "report" VALUES(1,'property 1: O''Brien, Zürich','device 1: O''Brien, Zürich','2026-11-25T05:30:00.250000Z',X'00FF','2026-11-25T05:30:00.250000Z','bad 1: O''Brien, Zürich');
INSERT INTO "report" VALUES(2,'property 2: O''Brien, Zürich','device 2: O''Brien, Zürich','2026-11-26T05:30:00.250000Z',X'00FF00FF',NULL,NULL);
CREATE TABLE token (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	property VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	role VARCHAR NOT NULL, 
	hash VARCHAR NOT NULL, 
	created_at VARCHAR(27) NOT NULL, 
	revoked_at VARCHAR(27), 
	CONSTRAINT uq_token_hash UNIQUE (hash)
);
INSERT INTO "token" VALUES(1,'property 1: O''Brien, Zürich','name 1: O''Brien, Zürich','role 1: O''Brien, Zürich','hash 1: O''Brien, Zürich','2026-11-25T05:30:00.250000Z','2026-11-25T05:30:00.250000Z');
INSERT INTO "token" VALUES(2,'property 2: O''Brien, Zürich','name 2: O''Brien, Zürich','role 2: O''Brien, Zürich','hash 2: O''Brien, Zürich','2026-11-26T05:30:00.250000Z',NULL);
CREATE TABLE wakeup (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	property VARCHAR NOT NULL, 
	order_id INTEGER NOT NULL, 
	room VARCHAR NOT NULL, 
	local VARCHAR NOT NULL, 
	due VARCHAR(27) NOT NULL, 
	state VARCHAR NOT NULL, 
	version INTEGER NOT NULL, 
	tries INTEGER NOT NULL, 
	rounds INTEGER NOT NULL, 
	next_at VARCHAR(27), 
	first_ring VARCHAR(27), 
	result VARCHAR, 
	language VARCHAR NOT NULL, 
	note TEXT NOT NULL, 
	created_at VARCHAR(27) NOT NULL, 
	created_by VARCHAR NOT NULL, 
	origin VARCHAR NOT NULL, 
	CONSTRAINT fk_wakeup_order_id_wakeup_order FOREIGN KEY(order_id) REFERENCES wakeup_order (id)
);
INSERT INTO "wakeup" VALUES(1,'property 1: O''Brien, Zürich',1,'room 1: O''Brien, Zürich','local 1: O''Brien, Zürich','2026-11-25T05:30:00.250000Z','state 1: O''Brien, Zürich',1,1,1,'2026-11-25T05:30:00.250000Z','2026-11-25T05:30:00.250000Z','result 1: O''Brien, Zürich','language 1: O''Brien, Zürich','note 1: O''Brien, Zürich','2026-11-25T05:30:00.250000Z','created_by 1: O''Brien, Zürich','origin 1: O''Brien, Zürich');
INSERT INTO "wakeup" VALUES(2,'property 2: O''Brien, Zürich',2,'room 2: O''Brien, Zürich','local 2: O''Brien, Zürich','2026-11-26T05:30:00.250000Z','state 2: O''Brien, Zürich',2,2,2,NULL,NULL,NULL,'language 2: O''Brien, Zürich','note 2: O''Brien, Zürich','2026-11-26T05:30:00.250000Z','created_by 2: O''Brien, Zürich','origin 2: O''Brien, Zürich');
CREATE TABLE wakeup_order (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	property VARCHAR NOT NULL, 
	room VARCHAR NOT NULL, 
	local VARCHAR NOT NULL, 
	note TEXT NOT NULL, 
	language VARCHAR NOT NULL, 
	proof VARCHAR NOT NULL, 
	created_at VARCHAR(27) NOT NULL, 
	created_by VARCHAR NOT NULL, 
	origin VARCHAR NOT NULL
);
INSERT INTO "wakeup_order" VALUES(1,'property 1: O''Brien, Zürich','room 1: O''Brien, Zürich','local 1: O''Brien, Zürich','note 1: O''Brien, Zürich','language 1: O''Brien, Zürich','proof 1: O''Brien, Zürich','2026-11-25T05:30:00.250000Z','created_by 1: O''Brien, Zürich','origin 1: O''Brien, Zürich');
INSERT INTO "wakeup_order" VALUES(2,'property 2: O''Brien, Zürich','room 2: O''Brien, Zürich','local 2: O''Brien, Zürich','note 2: O''Brien, Zürich','language 2: O''Brien, Zürich','proof 2: O''Brien, Zürich','2026-11-26T05:30:00.250000Z','created_by 2: O''Brien, Zürich','origin 2: O''Brien, Zürich');
CREATE INDEX ix_change_property_at ON change (property, at);
CREATE INDEX ix_kept_answer_property_at ON kept_answer (property, at);
CREATE INDEX ix_phone_property_room ON phone (property, room);
CREATE INDEX ix_report_property_at ON report (property, at);
CREATE INDEX ix_report_unworked ON report (property, id) WHERE worked_at IS NULL;
CREATE INDEX ix_wakeup_order_property_created_at ON wakeup_order (property, created_at);
CREATE INDEX ix_wakeup_order_id ON wakeup (order_id);
CREATE INDEX ix_wakeup_property_due ON wakeup (property, due);
CREATE INDEX ix_wakeup_property_room ON wakeup (property, room);
CREATE INDEX ix_wakeup_property_state_next_at ON wakeup (property, state, next_at);
CREATE INDEX ix_alarm_property_open_next_at ON alarm (property, open, next_at);
CREATE INDEX ix_alarm_property_since ON alarm (property, since);
CREATE INDEX ix_alarm_wakeup_id ON alarm (wakeup_id);
CREATE INDEX ix_attempt_property_check_at ON attempt (property, check_at);
CREATE INDEX ix_attempt_property_started ON attempt (property, started);
CREATE INDEX ix_attempt_wakeup_id ON attempt (wakeup_id);
CREATE INDEX ix_history_property_at ON history (property, at);
CREATE INDEX ix_history_wakeup_id ON history (wakeup_id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('report',2);
INSERT INTO "sqlite_sequence" VALUES('token',2);
INSERT INTO "sqlite_sequence" VALUES('wakeup_order',2);
INSERT INTO "sqlite_sequence" VALUES('wakeup',2);
INSERT INTO "sqlite_sequence" VALUES('alarm',2);
INSERT INTO "sqlite_sequence" VALUES('attempt',2);
INSERT INTO "sqlite_sequence" VALUES('history',2);
COMMIT;
