CREATE TABLE public.alarm (
    id bigint NOT NULL,
    property character varying NOT NULL,
    kind character varying NOT NULL,
    subject character varying NOT NULL,
    open_subject character varying,
    room character varying,
    wakeup_id bigint,
    since timestamp with time zone NOT NULL,
    level integer NOT NULL,
    text text NOT NULL,
    open boolean NOT NULL,
    acknowledged_by character varying,
    acknowledged_at timestamp with time zone,
    outcome character varying,
    note text NOT NULL,
    closed_at timestamp with time zone,
    next_at timestamp with time zone,
    nagged integer NOT NULL
);
CREATE SEQUENCE public.alarm_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.alarm_id_seq OWNED BY public.alarm.id;
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.attempt (
    id bigint NOT NULL,
    property character varying NOT NULL,
    wakeup_id bigint NOT NULL,
    n integer NOT NULL,
    device character varying NOT NULL,
    phone character varying NOT NULL,
    phase character varying NOT NULL,
    started timestamp with time zone NOT NULL,
    rang timestamp with time zone,
    answered timestamp with time zone,
    ended timestamp with time zone,
    outcome character varying,
    detail text NOT NULL,
    check_at timestamp with time zone,
    counted boolean NOT NULL
);
CREATE SEQUENCE public.attempt_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.attempt_id_seq OWNED BY public.attempt.id;
CREATE TABLE public.change (
    property character varying NOT NULL,
    n bigint NOT NULL,
    kind character varying NOT NULL,
    id character varying NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE TABLE public.device (
    property character varying NOT NULL,
    name character varying NOT NULL,
    up boolean,
    since timestamp with time zone,
    booted_at timestamp with time zone,
    last_report_at timestamp with time zone,
    last_reply_at timestamp with time zone,
    detail text NOT NULL
);
CREATE TABLE public.history (
    id bigint NOT NULL,
    property character varying NOT NULL,
    wakeup_id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    by character varying NOT NULL,
    origin character varying NOT NULL,
    what character varying NOT NULL,
    text text NOT NULL
);
CREATE SEQUENCE public.history_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.history_id_seq OWNED BY public.history.id;
CREATE TABLE public.kept_answer (
    property character varying NOT NULL,
    key character varying NOT NULL,
    caller character varying NOT NULL,
    fingerprint character varying NOT NULL,
    answer text NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE TABLE public.lease (
    property character varying NOT NULL,
    node character varying NOT NULL,
    epoch bigint NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE TABLE public.mark (
    property character varying NOT NULL,
    node character varying NOT NULL,
    n bigint NOT NULL
);
CREATE TABLE public.phone (
    property character varying NOT NULL,
    device character varying NOT NULL,
    number character varying NOT NULL,
    room character varying NOT NULL,
    lineid character varying,
    wanted text NOT NULL,
    held text,
    in_sync boolean NOT NULL,
    state character varying NOT NULL,
    checked_at timestamp with time zone
);
CREATE TABLE public.report (
    id bigint NOT NULL,
    property character varying NOT NULL,
    device character varying NOT NULL,
    at timestamp with time zone NOT NULL,
    body bytea NOT NULL,
    worked_at timestamp with time zone,
    bad text
);
CREATE SEQUENCE public.report_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.report_id_seq OWNED BY public.report.id;
CREATE TABLE public.token (
    id bigint NOT NULL,
    property character varying NOT NULL,
    name character varying NOT NULL,
    role character varying NOT NULL,
    hash character varying NOT NULL,
    created_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone
);
CREATE SEQUENCE public.token_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.token_id_seq OWNED BY public.token.id;
CREATE TABLE public.wakeup (
    id bigint NOT NULL,
    property character varying NOT NULL,
    order_id bigint CONSTRAINT wakeup_order_id_not_null1 NOT NULL,
    room character varying NOT NULL,
    local character varying NOT NULL,
    due timestamp with time zone NOT NULL,
    state character varying NOT NULL,
    version integer NOT NULL,
    tries integer NOT NULL,
    rounds integer NOT NULL,
    next_at timestamp with time zone,
    first_ring timestamp with time zone,
    result character varying,
    language character varying NOT NULL,
    note text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by character varying NOT NULL,
    origin character varying NOT NULL
);
CREATE SEQUENCE public.wakeup_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.wakeup_id_seq OWNED BY public.wakeup.id;
CREATE TABLE public.wakeup_order (
    id bigint NOT NULL,
    property character varying NOT NULL,
    room character varying NOT NULL,
    local character varying NOT NULL,
    note text NOT NULL,
    language character varying NOT NULL,
    proof character varying NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by character varying NOT NULL,
    origin character varying NOT NULL
);
CREATE SEQUENCE public.wakeup_order_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.wakeup_order_id_seq OWNED BY public.wakeup_order.id;
ALTER TABLE ONLY public.alarm ALTER COLUMN id SET DEFAULT nextval('public.alarm_id_seq'::regclass);
ALTER TABLE ONLY public.attempt ALTER COLUMN id SET DEFAULT nextval('public.attempt_id_seq'::regclass);
ALTER TABLE ONLY public.history ALTER COLUMN id SET DEFAULT nextval('public.history_id_seq'::regclass);
ALTER TABLE ONLY public.report ALTER COLUMN id SET DEFAULT nextval('public.report_id_seq'::regclass);
ALTER TABLE ONLY public.token ALTER COLUMN id SET DEFAULT nextval('public.token_id_seq'::regclass);
ALTER TABLE ONLY public.wakeup ALTER COLUMN id SET DEFAULT nextval('public.wakeup_id_seq'::regclass);
ALTER TABLE ONLY public.wakeup_order ALTER COLUMN id SET DEFAULT nextval('public.wakeup_order_id_seq'::regclass);
INSERT INTO public.alarm VALUES (1, 'property 1: O''Brien, Zürich', 'kind 1: O''Brien, Zürich', 'subject 1: O''Brien, Zürich', 'open_subject 1: O''Brien, Zürich', 'room 1: O''Brien, Zürich', 1, '2026-11-25 05:30:00.25+00', 1, 'text 1: O''Brien, Zürich', true, 'acknowledged_by 1: O''Brien, Zürich', '2026-11-25 05:30:00.25+00', 'outcome 1: O''Brien, Zürich', 'note 1: O''Brien, Zürich', '2026-11-25 05:30:00.25+00', '2026-11-25 05:30:00.25+00', 1);
INSERT INTO public.alarm VALUES (2, 'property 2: O''Brien, Zürich', 'kind 2: O''Brien, Zürich', 'subject 2: O''Brien, Zürich', NULL, NULL, NULL, '2026-11-26 05:30:00.25+00', 2, 'text 2: O''Brien, Zürich', false, NULL, NULL, NULL, 'note 2: O''Brien, Zürich', NULL, NULL, 2);
INSERT INTO public.alembic_version VALUES ('0001');
INSERT INTO public.attempt VALUES (1, 'property 1: O''Brien, Zürich', 1, 1, 'device 1: O''Brien, Zürich', 'phone 1: O''Brien, Zürich', 'phase 1: O''Brien, Zürich', '2026-11-25 05:30:00.25+00', '2026-11-25 05:30:00.25+00', '2026-11-25 05:30:00.25+00', '2026-11-25 05:30:00.25+00', 'outcome 1: O''Brien, Zürich', 'detail 1: O''Brien, Zürich', '2026-11-25 05:30:00.25+00', true);
INSERT INTO public.attempt VALUES (2, 'property 2: O''Brien, Zürich', 2, 2, 'device 2: O''Brien, Zürich', 'phone 2: O''Brien, Zürich', 'phase 2: O''Brien, Zürich', '2026-11-26 05:30:00.25+00', NULL, NULL, NULL, NULL, 'detail 2: O''Brien, Zürich', NULL, false);
INSERT INTO public.change VALUES ('property 1: O''Brien, Zürich', 1, 'kind 1: O''Brien, Zürich', 'id 1: O''Brien, Zürich', '2026-11-25 05:30:00.25+00');
INSERT INTO public.change VALUES ('property 2: O''Brien, Zürich', 2, 'kind 2: O''Brien, Zürich', 'id 2: O''Brien, Zürich', '2026-11-26 05:30:00.25+00');
INSERT INTO public.device VALUES ('property 1: O''Brien, Zürich', 'name 1: O''Brien, Zürich', true, '2026-11-25 05:30:00.25+00', '2026-11-25 05:30:00.25+00', '2026-11-25 05:30:00.25+00', '2026-11-25 05:30:00.25+00', 'detail 1: O''Brien, Zürich');
INSERT INTO public.device VALUES ('property 2: O''Brien, Zürich', 'name 2: O''Brien, Zürich', NULL, NULL, NULL, NULL, NULL, 'detail 2: O''Brien, Zürich');
INSERT INTO public.history VALUES (1, 'property 1: O''Brien, Zürich', 1, '2026-11-25 05:30:00.25+00', 'by 1: O''Brien, Zürich', 'origin 1: O''Brien, Zürich', 'what 1: O''Brien, Zürich', 'text 1: O''Brien, Zürich');
INSERT INTO public.history VALUES (2, 'property 2: O''Brien, Zürich', 2, '2026-11-26 05:30:00.25+00', 'by 2: O''Brien, Zürich', 'origin 2: O''Brien, Zürich', 'what 2: O''Brien, Zürich', 'text 2: O''Brien, Zürich');
INSERT INTO public.kept_answer VALUES ('property 1: O''Brien, Zürich', 'key 1: O''Brien, Zürich', 'caller 1: O''Brien, Zürich', 'fingerprint 1: O''Brien, Zürich', 'answer 1: O''Brien, Zürich', '2026-11-25 05:30:00.25+00');
INSERT INTO public.kept_answer VALUES ('property 2: O''Brien, Zürich', 'key 2: O''Brien, Zürich', 'caller 2: O''Brien, Zürich', 'fingerprint 2: O''Brien, Zürich', 'answer 2: O''Brien, Zürich', '2026-11-26 05:30:00.25+00');
INSERT INTO public.lease VALUES ('property 1: O''Brien, Zürich', 'node 1: O''Brien, Zürich', 1, '2026-11-25 05:30:00.25+00');
INSERT INTO public.lease VALUES ('property 2: O''Brien, Zürich', 'node 2: O''Brien, Zürich', 2, '2026-11-26 05:30:00.25+00');
INSERT INTO public.mark VALUES ('property 1: O''Brien, Zürich', 'node 1: O''Brien, Zürich', 1);
INSERT INTO public.mark VALUES ('property 2: O''Brien, Zürich', 'node 2: O''Brien, Zürich', 2);
INSERT INTO public.phone VALUES ('property 1: O''Brien, Zürich', 'device 1: O''Brien, Zürich', 'number 1: O''Brien, Zürich', 'room 1: O''Brien, Zürich', 'lineid 1: O''Brien, Zürich', 'wanted 1: O''Brien, Zürich', 'held 1: O''Brien, Zürich', true, 'state 1: O''Brien, Zürich', '2026-11-25 05:30:00.25+00');
INSERT INTO public.phone VALUES ('property 2: O''Brien, Zürich', 'device 2: O''Brien, Zürich', 'number 2: O''Brien, Zürich', 'room 2: O''Brien, Zürich', NULL, 'wanted 2: O''Brien, Zürich', NULL, false, 'state 2: O''Brien, Zürich', NULL);
INSERT INTO public.report VALUES (1, 'property 1: O''Brien, Zürich', 'device 1: O''Brien, Zürich', '2026-11-25 05:30:00.25+00', '\x00ff', '2026-11-25 05:30:00.25+00', 'bad 1: O''Brien, Zürich');
INSERT INTO public.report VALUES (2, 'property 2: O''Brien, Zürich', 'device 2: O''Brien, Zürich', '2026-11-26 05:30:00.25+00', '\x00ff00ff', NULL, NULL);
INSERT INTO public.token VALUES (1, 'property 1: O''Brien, Zürich', 'name 1: O''Brien, Zürich', 'role 1: O''Brien, Zürich', 'hash 1: O''Brien, Zürich', '2026-11-25 05:30:00.25+00', '2026-11-25 05:30:00.25+00');
INSERT INTO public.token VALUES (2, 'property 2: O''Brien, Zürich', 'name 2: O''Brien, Zürich', 'role 2: O''Brien, Zürich', 'hash 2: O''Brien, Zürich', '2026-11-26 05:30:00.25+00', NULL);
INSERT INTO public.wakeup VALUES (1, 'property 1: O''Brien, Zürich', 1, 'room 1: O''Brien, Zürich', 'local 1: O''Brien, Zürich', '2026-11-25 05:30:00.25+00', 'state 1: O''Brien, Zürich', 1, 1, 1, '2026-11-25 05:30:00.25+00', '2026-11-25 05:30:00.25+00', 'result 1: O''Brien, Zürich', 'language 1: O''Brien, Zürich', 'note 1: O''Brien, Zürich', '2026-11-25 05:30:00.25+00', 'created_by 1: O''Brien, Zürich', 'origin 1: O''Brien, Zürich');
INSERT INTO public.wakeup VALUES (2, 'property 2: O''Brien, Zürich', 2, 'room 2: O''Brien, Zürich', 'local 2: O''Brien, Zürich', '2026-11-26 05:30:00.25+00', 'state 2: O''Brien, Zürich', 2, 2, 2, NULL, NULL, NULL, 'language 2: O''Brien, Zürich', 'note 2: O''Brien, Zürich', '2026-11-26 05:30:00.25+00', 'created_by 2: O''Brien, Zürich', 'origin 2: O''Brien, Zürich');
INSERT INTO public.wakeup_order VALUES (1, 'property 1: O''Brien, Zürich', 'room 1: O''Brien, Zürich', 'local 1: O''Brien, Zürich', 'note 1: O''Brien, Zürich', 'language 1: O''Brien, Zürich', 'proof 1: O''Brien, Zürich', '2026-11-25 05:30:00.25+00', 'created_by 1: O''Brien, Zürich', 'origin 1: O''Brien, Zürich');
INSERT INTO public.wakeup_order VALUES (2, 'property 2: O''Brien, Zürich', 'room 2: O''Brien, Zürich', 'local 2: O''Brien, Zürich', 'note 2: O''Brien, Zürich', 'language 2: O''Brien, Zürich', 'proof 2: O''Brien, Zürich', '2026-11-26 05:30:00.25+00', 'created_by 2: O''Brien, Zürich', 'origin 2: O''Brien, Zürich');
SELECT pg_catalog.setval('public.alarm_id_seq', 2, true);
SELECT pg_catalog.setval('public.attempt_id_seq', 2, true);
SELECT pg_catalog.setval('public.history_id_seq', 2, true);
SELECT pg_catalog.setval('public.report_id_seq', 2, true);
SELECT pg_catalog.setval('public.token_id_seq', 2, true);
SELECT pg_catalog.setval('public.wakeup_id_seq', 2, true);
SELECT pg_catalog.setval('public.wakeup_order_id_seq', 2, true);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.alarm
    ADD CONSTRAINT pk_alarm PRIMARY KEY (id);
ALTER TABLE ONLY public.attempt
    ADD CONSTRAINT pk_attempt PRIMARY KEY (id);
ALTER TABLE ONLY public.change
    ADD CONSTRAINT pk_change PRIMARY KEY (property, n);
ALTER TABLE ONLY public.device
    ADD CONSTRAINT pk_device PRIMARY KEY (property, name);
ALTER TABLE ONLY public.history
    ADD CONSTRAINT pk_history PRIMARY KEY (id);
ALTER TABLE ONLY public.kept_answer
    ADD CONSTRAINT pk_kept_answer PRIMARY KEY (property, key, caller);
ALTER TABLE ONLY public.lease
    ADD CONSTRAINT pk_lease PRIMARY KEY (property);
ALTER TABLE ONLY public.mark
    ADD CONSTRAINT pk_mark PRIMARY KEY (property, node);
ALTER TABLE ONLY public.phone
    ADD CONSTRAINT pk_phone PRIMARY KEY (property, device, number);
ALTER TABLE ONLY public.report
    ADD CONSTRAINT pk_report PRIMARY KEY (id);
ALTER TABLE ONLY public.token
    ADD CONSTRAINT pk_token PRIMARY KEY (id);
ALTER TABLE ONLY public.wakeup
    ADD CONSTRAINT pk_wakeup PRIMARY KEY (id);
ALTER TABLE ONLY public.wakeup_order
    ADD CONSTRAINT pk_wakeup_order PRIMARY KEY (id);
ALTER TABLE ONLY public.alarm
    ADD CONSTRAINT uq_alarm_property_open_subject UNIQUE (property, open_subject);
ALTER TABLE ONLY public.token
    ADD CONSTRAINT uq_token_hash UNIQUE (hash);
CREATE INDEX ix_alarm_property_open_next_at ON public.alarm USING btree (property, open, next_at);
CREATE INDEX ix_alarm_property_since ON public.alarm USING btree (property, since);
CREATE INDEX ix_alarm_wakeup_id ON public.alarm USING btree (wakeup_id);
CREATE INDEX ix_attempt_property_check_at ON public.attempt USING btree (property, check_at);
CREATE INDEX ix_attempt_property_started ON public.attempt USING btree (property, started);
CREATE INDEX ix_attempt_wakeup_id ON public.attempt USING btree (wakeup_id);
CREATE INDEX ix_change_property_at ON public.change USING btree (property, at);
CREATE INDEX ix_history_property_at ON public.history USING btree (property, at);
CREATE INDEX ix_history_wakeup_id ON public.history USING btree (wakeup_id);
CREATE INDEX ix_kept_answer_property_at ON public.kept_answer USING btree (property, at);
CREATE INDEX ix_phone_property_room ON public.phone USING btree (property, room);
CREATE INDEX ix_report_property_at ON public.report USING btree (property, at);
CREATE INDEX ix_report_unworked ON public.report USING btree (property, id) WHERE (worked_at IS NULL);
CREATE INDEX ix_wakeup_order_id ON public.wakeup USING btree (order_id);
CREATE INDEX ix_wakeup_order_property_created_at ON public.wakeup_order USING btree (property, created_at);
CREATE INDEX ix_wakeup_property_due ON public.wakeup USING btree (property, due);
CREATE INDEX ix_wakeup_property_room ON public.wakeup USING btree (property, room);
CREATE INDEX ix_wakeup_property_state_next_at ON public.wakeup USING btree (property, state, next_at);
ALTER TABLE ONLY public.alarm
    ADD CONSTRAINT fk_alarm_wakeup_id_wakeup FOREIGN KEY (wakeup_id) REFERENCES public.wakeup(id);
ALTER TABLE ONLY public.attempt
    ADD CONSTRAINT fk_attempt_wakeup_id_wakeup FOREIGN KEY (wakeup_id) REFERENCES public.wakeup(id);
ALTER TABLE ONLY public.history
    ADD CONSTRAINT fk_history_wakeup_id_wakeup FOREIGN KEY (wakeup_id) REFERENCES public.wakeup(id);
ALTER TABLE ONLY public.wakeup
    ADD CONSTRAINT fk_wakeup_order_id_wakeup_order FOREIGN KEY (order_id) REFERENCES public.wakeup_order(id);
