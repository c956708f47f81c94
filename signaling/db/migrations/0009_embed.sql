CREATE TABLE "sponsored_days" (
	"pool" text NOT NULL,
	"day" date NOT NULL,
	"visitor" text NOT NULL,
	"micros" bigint NOT NULL,
	CONSTRAINT "sponsored_days_pool_day_visitor_pk" PRIMARY KEY("pool","day","visitor")
);
--> statement-breakpoint
ALTER TABLE "pools" ADD COLUMN "embed_origins" jsonb;--> statement-breakpoint
ALTER TABLE "pools" ADD COLUMN "sponsor" jsonb;--> statement-breakpoint
ALTER TABLE "sponsored_days" ADD CONSTRAINT "sponsored_days_pool_pools_id_fk" FOREIGN KEY ("pool") REFERENCES "public"."pools"("id") ON DELETE cascade ON UPDATE no action;