CREATE TABLE "chain_cursors" (
	"chain_id" integer PRIMARY KEY NOT NULL,
	"block" bigint NOT NULL,
	"block_hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "chain_origins" (
	"chain_id" integer PRIMARY KEY NOT NULL,
	"first_hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "chain_transactions" (
	"key" text PRIMARY KEY NOT NULL,
	"chain_id" integer NOT NULL,
	"subject" text NOT NULL,
	"step" text NOT NULL,
	"sender" text NOT NULL,
	"nonce" bigint NOT NULL,
	"hash" text NOT NULL,
	"raw" text NOT NULL,
	"state" text NOT NULL,
	"block" bigint,
	"mined_at" timestamp with time zone,
	"gas_used" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "market_seats" (
	"contract" text NOT NULL,
	"member" text NOT NULL,
	CONSTRAINT "market_seats_contract_member_pk" PRIMARY KEY("contract","member")
);
--> statement-breakpoint
CREATE TABLE "paid_jobs" (
	"job" text PRIMARY KEY NOT NULL,
	"session" text NOT NULL,
	"amount_wei" text NOT NULL,
	"charged_pico" text,
	"state" text NOT NULL,
	"has_begun" boolean DEFAULT false NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "paid_sessions" (
	"key" text PRIMARY KEY NOT NULL,
	"chain_id" integer NOT NULL,
	"escrow" text NOT NULL,
	"kind" text NOT NULL,
	"pool" text NOT NULL,
	"quote" jsonb NOT NULL,
	"payer" text NOT NULL,
	"mode" text NOT NULL,
	"reason" text NOT NULL,
	"amount" text NOT NULL,
	"spend_wei" text NOT NULL,
	"prompt_pico" text NOT NULL,
	"completion_pico" text NOT NULL,
	"secret_hash" text,
	"state" text NOT NULL,
	"outcome" text,
	"worth_wei" text DEFAULT '0' NOT NULL,
	"targets" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"had" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"had_of_wei" text DEFAULT '0' NOT NULL,
	"peers" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"had_jobs" boolean DEFAULT false NOT NULL,
	"end_asked_at" timestamp with time zone,
	"used_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE INDEX "chain_transactions_by_subject" ON "chain_transactions" USING btree ("subject","created_at");--> statement-breakpoint
CREATE INDEX "paid_jobs_by_session" ON "paid_jobs" USING btree ("session","state");--> statement-breakpoint
CREATE INDEX "paid_sessions_by_state" ON "paid_sessions" USING btree ("state");--> statement-breakpoint
CREATE INDEX "paid_sessions_by_secret" ON "paid_sessions" USING btree ("secret_hash");