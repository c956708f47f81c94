ALTER TABLE "account_sessions" ADD COLUMN "id" text;--> statement-breakpoint
ALTER TABLE "account_sessions" ADD COLUMN "proved_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "account_sessions" ADD COLUMN "last_seen_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "account_sessions" ADD COLUMN "device" text;--> statement-breakpoint
UPDATE "account_sessions" SET "id" = replace(gen_random_uuid()::text, '-', ''), "proved_at" = "created_at", "last_seen_at" = "created_at", "device" = 'Unknown device';--> statement-breakpoint
ALTER TABLE "account_sessions" ALTER COLUMN "id" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "account_sessions" ALTER COLUMN "proved_at" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "account_sessions" ALTER COLUMN "last_seen_at" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "account_sessions" ALTER COLUMN "device" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "login" text;--> statement-breakpoint
ALTER TABLE "batches" ADD COLUMN "api_key" text;--> statement-breakpoint
ALTER TABLE "account_sessions" ADD CONSTRAINT "account_sessions_id_unique" UNIQUE("id");
