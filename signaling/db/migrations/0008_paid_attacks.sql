ALTER TABLE "chain_transactions" ADD COLUMN "signed_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "chain_transactions" ADD COLUMN "earlier" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "paid_sessions" ADD COLUMN "split_ticks" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "paid_sessions" ADD COLUMN "is_failed" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "paid_sessions" ADD COLUMN "rests" integer DEFAULT 0 NOT NULL;