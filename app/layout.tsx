// The frame of every page.
import type { Metadata, Viewport } from 'next';
import type { ReactNode } from 'react';
import { SiteFrame } from './ui/site-frame.tsx';
import './globals.css';

export const metadata: Metadata = {
  title: { default: 'One model over many browser tabs · ComputePool', template: '%s · ComputePool' },
  description: 'Browser tabs lend their GPUs and serve a language model together, each holding a few of its layers.',
  icons: {
    icon: [
      { url: '/favicon.ico', sizes: '32x32' },
      { url: '/icon.svg', type: 'image/svg+xml' },
    ],
    apple: '/apple-touch-icon.png',
  },
  manifest: '/manifest.webmanifest',
  // Title and description are those of each page. No picture and no address: both must be absolute, and an export does not
  // know where it will be served.
  openGraph: { type: 'website', siteName: 'ComputePool', locale: 'en' },
  twitter: { card: 'summary' },
};

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#fdfdfb' },
    { media: '(prefers-color-scheme: dark)', color: '#171d1a' },
  ],
};

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en" data-build={process.env.SITE_BUILD}>
      <body className="flex min-h-dvh flex-col font-sans leading-relaxed antialiased">
        <SiteFrame>{children}</SiteFrame>
      </body>
    </html>
  );
}
