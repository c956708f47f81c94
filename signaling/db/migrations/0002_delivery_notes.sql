CREATE TABLE "delivery_notes" (
	"job" text PRIMARY KEY NOT NULL,
	"signed" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "receipts" ALTER COLUMN "role" SET DEFAULT 'stage';