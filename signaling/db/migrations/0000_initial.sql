CREATE TABLE "account_peers" (
	"peer" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"claimed_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "account_sessions" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "accounts" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"password_hash" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "accounts_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "api_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"label" text NOT NULL,
	"prefix" text NOT NULL,
	"key_hash" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"last_used_at" timestamp with time zone,
	CONSTRAINT "api_keys_key_hash_unique" UNIQUE("key_hash")
);
--> statement-breakpoint
CREATE TABLE "server_keys" (
	"purpose" text PRIMARY KEY NOT NULL,
	"jwk" jsonb NOT NULL,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "batch_items" (
	"batch_id" text NOT NULL,
	"line" integer NOT NULL,
	"custom_id" text NOT NULL,
	"body" text NOT NULL,
	"state" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"waits" integer DEFAULT 0 NOT NULL,
	"not_before" timestamp with time zone NOT NULL,
	"lease" text,
	"lease_until" timestamp with time zone,
	"result" text,
	CONSTRAINT "batch_items_batch_id_line_pk" PRIMARY KEY("batch_id","line")
);
--> statement-breakpoint
CREATE TABLE "batches" (
	"id" text PRIMARY KEY NOT NULL,
	"owner" text NOT NULL,
	"endpoint" text NOT NULL,
	"input_file_id" text NOT NULL,
	"output_file_id" text,
	"error_file_id" text,
	"status" text NOT NULL,
	"model" text,
	"metadata" jsonb,
	"webhook" text,
	"errors" jsonb,
	"total" integer DEFAULT 0 NOT NULL,
	"completed" integer DEFAULT 0 NOT NULL,
	"failed" integer DEFAULT 0 NOT NULL,
	"prompt_tokens" bigint DEFAULT 0 NOT NULL,
	"cached_tokens" bigint DEFAULT 0 NOT NULL,
	"completion_tokens" bigint DEFAULT 0 NOT NULL,
	"result_bytes" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"cancelling_at" timestamp with time zone,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "files" (
	"id" text PRIMARY KEY NOT NULL,
	"owner" text NOT NULL,
	"filename" text NOT NULL,
	"purpose" text NOT NULL,
	"bytes" bigint NOT NULL,
	"content" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "webhook_deliveries" (
	"id" text PRIMARY KEY NOT NULL,
	"batch_id" text NOT NULL,
	"owner" text NOT NULL,
	"url" text NOT NULL,
	"body" text NOT NULL,
	"state" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"not_before" timestamp with time zone NOT NULL,
	"lease" text,
	"lease_until" timestamp with time zone,
	"last_error" text
);
--> statement-breakpoint
CREATE TABLE "webhook_secrets" (
	"owner" text PRIMARY KEY NOT NULL,
	"secret" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "jobs" (
	"id" text PRIMARY KEY NOT NULL,
	"pool" text NOT NULL,
	"payer" text NOT NULL,
	"source" text NOT NULL,
	"nonce" text NOT NULL,
	"state" text NOT NULL,
	"plan" jsonb,
	"outcome" jsonb,
	"prompt_tokens" integer DEFAULT 0 NOT NULL,
	"cached_tokens" integer DEFAULT 0 NOT NULL,
	"completion_tokens" integer DEFAULT 0 NOT NULL,
	"held_micros" bigint DEFAULT 0 NOT NULL,
	"charged_micros" bigint DEFAULT 0 NOT NULL,
	"error_code" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "balances" (
	"owner" text NOT NULL,
	"bucket" text NOT NULL,
	"amount" bigint NOT NULL,
	CONSTRAINT "balances_owner_bucket_pk" PRIMARY KEY("owner","bucket"),
	CONSTRAINT "balances_not_negative" CHECK ("balances"."amount" >= 0 or "balances"."owner" = 'issuer')
);
--> statement-breakpoint
CREATE TABLE "holds" (
	"job" text PRIMARY KEY NOT NULL,
	"payer" text NOT NULL,
	"amount" bigint NOT NULL,
	"state" text NOT NULL,
	"charged" bigint DEFAULT 0 NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "holds_charged" CHECK ("holds"."charged" >= 0 and "holds"."charged" <= "holds"."amount")
);
--> statement-breakpoint
CREATE TABLE "join_grant_counts" (
	"address_day" text PRIMARY KEY NOT NULL,
	"day" date NOT NULL,
	"grants" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "join_grants" (
	"owner" text PRIMARY KEY NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "ledger_entries" (
	"event" bigint NOT NULL,
	"owner" text NOT NULL,
	"bucket" text NOT NULL,
	"amount" bigint NOT NULL,
	CONSTRAINT "ledger_entries_event_owner_bucket_pk" PRIMARY KEY("event","owner","bucket")
);
--> statement-breakpoint
CREATE TABLE "ledger_events" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "ledger_events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"key" text NOT NULL,
	"kind" text NOT NULL,
	"job" text,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "ledger_events_key_unique" UNIQUE("key")
);
--> statement-breakpoint
CREATE TABLE "receipts" (
	"job" text NOT NULL,
	"session" text NOT NULL,
	"epoch" integer NOT NULL,
	"peer" text NOT NULL,
	"role" text NOT NULL,
	"signed" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "receipts_job_session_epoch_peer_role_pk" PRIMARY KEY("job","session","epoch","peer","role")
);
--> statement-breakpoint
CREATE TABLE "pool_members" (
	"pool" text NOT NULL,
	"peer" text NOT NULL,
	"added_at" timestamp with time zone NOT NULL,
	CONSTRAINT "pool_members_pool_peer_pk" PRIMARY KEY("pool","peer")
);
--> statement-breakpoint
CREATE TABLE "pools" (
	"id" text PRIMARY KEY NOT NULL,
	"repo" text NOT NULL,
	"revision" text NOT NULL,
	"dtype" text NOT NULL,
	"policy" text NOT NULL,
	"stages" integer,
	"recruit" boolean NOT NULL,
	"loaded" boolean NOT NULL,
	"max_context" integer NOT NULL,
	"manifest" jsonb,
	"prompt_micros" bigint,
	"completion_micros" bigint,
	"created_by" text,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "account_peers" ADD CONSTRAINT "account_peers_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "account_sessions" ADD CONSTRAINT "account_sessions_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_entries" ADD CONSTRAINT "ledger_entries_event_ledger_events_id_fk" FOREIGN KEY ("event") REFERENCES "public"."ledger_events"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pool_members" ADD CONSTRAINT "pool_members_pool_pools_id_fk" FOREIGN KEY ("pool") REFERENCES "public"."pools"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "account_peers_account" ON "account_peers" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "account_sessions_account" ON "account_sessions" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "api_keys_account" ON "api_keys" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "batch_items_to_do" ON "batch_items" USING btree ("state","not_before");--> statement-breakpoint
CREATE INDEX "batches_by_owner" ON "batches" USING btree ("owner","created_at");--> statement-breakpoint
CREATE INDEX "batches_by_status" ON "batches" USING btree ("status");--> statement-breakpoint
CREATE INDEX "files_by_owner" ON "files" USING btree ("owner","created_at");--> statement-breakpoint
CREATE INDEX "files_by_expiry" ON "files" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "webhook_deliveries_once" ON "webhook_deliveries" USING btree ("batch_id");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_to_do" ON "webhook_deliveries" USING btree ("state","not_before");--> statement-breakpoint
CREATE INDEX "holds_open" ON "holds" USING btree ("expires_at") WHERE "holds"."state" = 'open';--> statement-breakpoint
CREATE INDEX "ledger_entries_by_owner" ON "ledger_entries" USING btree ("owner","event");--> statement-breakpoint
CREATE INDEX "pools_by_creator" ON "pools" USING btree ("created_by");