CREATE TABLE "pool_counts" (
	"address_day" text PRIMARY KEY NOT NULL,
	"day" date NOT NULL,
	"pools" integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE "pools" ADD COLUMN "served_at" timestamp with time zone;