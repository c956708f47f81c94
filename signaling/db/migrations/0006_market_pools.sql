CREATE TABLE "payouts" (
	"peer" text PRIMARY KEY NOT NULL,
	"address" text NOT NULL,
	"public_key" text NOT NULL,
	"signature" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "pools" ADD COLUMN "market" jsonb;