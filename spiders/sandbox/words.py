"""Vocabulary of the invented catalog: what is taught, with what, for whom, by whom, where. All of it is made up."""

from __future__ import annotations


def _split(text: str) -> tuple[str, ...]:
    return tuple(" ".join(part.split()) for part in text.split(",") if part.strip())


VERBS = _split(
    """Membuat, Merancang, Mengelola, Menyusun, Menguasai, Belajar, Mempelajari, Mengolah, Memasarkan, Merawat,
    Menjahit, Meracik, Merakit, Memperbaiki, Menulis, Menghitung, Mengembangkan, Membangun, Menerapkan,
    Mengoperasikan, Menata, Memulai, Melakukan, Menganalisis, Mendesain, Memproduksi, Mengemas, Menyajikan,
    Menjalankan, Meningkatkan, Strategi, Teknik, Kiat, Langkah Praktis, Panduan, Praktik, Keterampilan,
    Optimasi, Pengantar, Cara Cerdas, Seni, Rahasia, Memahami, Mengatur, Melatih, Menangani, Memilih,
    Merencanakan, Mengukur, Menyiapkan"""
)

SUBJECTS: dict[str, dict[str, tuple[str, ...]]] = {
    "Teknologi Informasi": {
        "things": _split(
            """Aplikasi Android, Situs Web, Basis Data, Jaringan Komputer, Dasbor Data, Bot Percakapan, Antarmuka
            Aplikasi, Animasi 2D, Logo Usaha, Konten Video Pendek, Ilustrasi Digital, Keamanan Akun, Server
            Linux, Uji Perangkat Lunak, Model 3D, Laporan Interaktif, Katalog Digital, Otomasi Formulir, Gim
            Edukasi, Poster Promosi, Layanan API, Skrip Otomatis, Peta Digital, Infografik, Prototipe UI/UX"""
        ),
        "with": _split(
            """Python, JavaScript, Flutter, Kotlin, C++, C#, PHP Laravel, Adobe Illustrator, CorelDRAW, Canva,
            Figma, Blender, MySQL, Power BI, Google Sheets, WordPress, CapCut, Adobe Photoshop, React, Linux
            Ubuntu, Mikrotik, QGIS, Unity, AutoCAD, .NET, R, Tableau"""
        ),
        "who": _split(
            """Desainer Grafis, Pemrogram Web, Analis Data, Teknisi Jaringan, Kreator Konten, Animator, Penguji
            Aplikasi, Admin Situs, Ilustrator, Pengembang Gim, Staf Teknologi, Pemilik Usaha Daring, Editor
            Video, Operator Komputer"""
        ),
    },
    "Penjualan dan Pemasaran": {
        "things": _split(
            """Toko Daring, Iklan Media Sosial, Strategi Harga, Promosi Produk, Naskah Iklan, Siaran Langsung
            Jualan, Foto Produk, Pelanggan Setia, Merek Lokal, Kampanye Surel, Riset Pasar, Kemasan Jual,
            Layanan Pelanggan, Program Reseller, Pameran Dagang, Negosiasi Penjualan, Konten Promosi, Penjualan
            Ekspor, Etalase Lokapasar, Presentasi Penjualan"""
        ),
        "with": _split(
            """Instagram, TikTok Shop, Google Ads, Facebook Ads, WhatsApp Business, Marketplace, SEO, Copywriting,
            Storytelling, Kanvas Model Bisnis, Data Pelanggan, Kamera Ponsel, Google Business Profile, Shopee
            Live, Telemarketing"""
        ),
        "who": _split(
            """Tenaga Pemasar, Pemilik Warung, Pelaku UMKM, Admin Toko, Agen Asuransi, Wiraniaga, Pramuniaga,
            Petugas Layanan Pelanggan, Pedagang Pasar, Eksportir Muda, Afiliator, Manajer Penjualan, Perajin"""
        ),
    },
    "Makanan dan Minuman": {
        "things": _split(
            """Roti Manis, Kue Basah, Kopi Susu, Sambal Botolan, Keripik Singkong, Bakso Sapi, Mi Ayam, Nasi Kotak,
            Es Krim Susu, Abon Ikan, Dimsum Ayam, Kue Ulang Tahun, Donat Kentang, Teh Racikan, Jamu Segar,
            Frozen Food, Sate Lilit, Rendang Kering, Pastri Renyah, Cokelat Praline, Selai Buah, Tempe Mendoan,
            Martabak, Minuman Kekinian, Menu Katering"""
        ),
        "with": _split(
            """Oven Rumahan, Bahan Lokal, Metode Manual Brew, Teknik Vakum, Resep Rendah Gula, Mesin Espresso,
            Tepung Mocaf, Pewarna Alami, Hiasan Fondan, Bumbu Nusantara, Peralatan Sederhana, Standar Higienis,
            Pengawetan Alami"""
        ),
        "who": _split(
            """Pembuat Kue, Barista, Juru Masak, Pemilik Kedai, Pengusaha Katering, Penjual Jajanan, Pramusaji,
            Penyaji Minuman, Ibu Rumah Tangga, Pengelola Kantin, Penjual Beku, Pembuat Roti"""
        ),
    },
    "Bahasa Asing": {
        "things": _split(
            """Bahasa Inggris, Bahasa Jepang, Bahasa Korea, Bahasa Mandarin, Bahasa Arab, Bahasa Jerman, Percakapan
            Bahasa Inggris, Surel Berbahasa Inggris, Wawancara Bahasa Inggris, Pelafalan Bahasa Mandarin, Aksara
            Hangul, Huruf Kanji, Kosakata Perhotelan, Presentasi Bahasa Inggris, Tata Bahasa Inggris"""
        ),
        "with": _split(
            """Latihan Harian, Kartu Kosakata, Simulasi Percakapan, Film Pendek, Lagu, Buku Cerita, Latihan JLPT,
            Latihan TOPIK, Latihan TOEFL, Permainan Peran, Rekaman Suara"""
        ),
        "who": _split(
            """Pemandu Wisata, Resepsionis Hotel, Pekerja Migran, Perawat Lansia, Staf Ekspor, Pramugari,
            Penerjemah, Pelaut, Petugas Bandara, Pelayan Restoran, Pencari Kerja, Sekretaris"""
        ),
    },
    "Keuangan": {
        "things": _split(
            """Laporan Keuangan, Pembukuan Usaha, Pajak UMKM, Anggaran Keluarga, Arus Kas, Harga Pokok Produksi,
            Audit Internal, Investasi Reksa Dana, Jurnal Penyesuaian, Dana Darurat, Kredit Mikro, Neraca Saldo,
            Penggajian Karyawan, Analisis Saham, Rekonsiliasi Bank, SPT Tahunan"""
        ),
        "with": _split(
            """Microsoft Excel, Aplikasi Kasir, MYOB, Accurate, e-Faktur, Buku Kas Sederhana, Google Sheets, Zahir,
            Jurnal Digital, Metode Amplop, Rumus Praktis"""
        ),
        "who": _split(
            """Staf Akuntansi, Kasir, Pemilik Toko, Bendahara Koperasi, Petugas Pajak, Pelaku Usaha Mikro, Analis
            Kredit, Agen Bank, Perencana Keuangan, Auditor Muda, Admin Keuangan"""
        ),
    },
    "Perkantoran": {
        "things": _split(
            """Surat Dinas, Arsip Digital, Presentasi Kantor, Notulen Rapat, Lembar Kerja, Rumus Lookup, Tabel
            Pivot, Jadwal Pimpinan, Formulir Daring, Dokumen Cetak, Pengetikan Cepat, Manajemen Berkas, Laporan
            Bulanan, Undangan Rapat"""
        ),
        "with": _split(
            """Microsoft Word, Microsoft Excel, PowerPoint, Google Workspace, Google Drive, Zoom, Trello, Notion,
            Microsoft Teams, LibreOffice, Makro Sederhana"""
        ),
        "who": _split(
            """Staf Administrasi, Sekretaris, Resepsionis, Operator Data, Asisten Pribadi, Admin Sekolah, Petugas
            Arsip, Tenaga Lepas, Pegawai Baru, Pengurus Yayasan, Kepala Gudang"""
        ),
    },
    "Teknik": {
        "things": _split(
            """Instalasi Listrik, Servis AC, Motor Matik, Las Busur, Pola Busana, Kebaya Modern, Mesin Jahit, Mebel
            Kayu, Plafon Gipsum, Panel Surya, Pompa Air, Kelistrikan Mobil, Servis Ponsel, Sablon Kaos, Batik
            Cap, Pipa Air Bersih, Kunci Duplikat, Rangka Baja Ringan, Tune Up Injeksi, Kulkas Satu Pintu"""
        ),
        "with": _split(
            """Multimeter, Mesin Obras, Alat Sederhana, Gambar Teknik, SketchUp, Inverter, Solder Uap, Mesin CNC,
            Teknik Smoke, Pewarna Remasol, Kunci Momen, Manometer, Standar K3"""
        ),
        "who": _split(
            """Teknisi Listrik, Montir, Penjahit, Tukang Kayu, Juru Las, Teknisi Pendingin, Operator Mesin,
            Pembatik, Juru Gambar, Tukang Bangunan, Teknisi Ponsel, Pekerja Konveksi"""
        ),
    },
    "Gaya hidup": {
        "things": _split(
            """Rias Wajah, Rias Pengantin, Sanggul Tradisional, Potong Rambut, Perawatan Kulit, Pijat Refleksi,
            Kuku Hias, Yoga Pagi, Buket Bunga, Hantaran Pernikahan, Fotografi Potret, Lilin Aromaterapi, Sabun
            Herbal, Tata Busana, Gerak Zumba, Dekorasi Balon"""
        ),
        "with": _split(
            """Kuas Dasar, Gaya Korea, Warna Natural, Bahan Alami, Kamera Ponsel, Minyak Zaitun, Bunga Kering,
            Teknik Layering, Musik Pengiring, Kain Perca, Riasan Flawless"""
        ),
        "who": _split(
            """Penata Rias, Penata Rambut, Terapis Spa, Perangkai Bunga, Fotografer, Pelatih Kebugaran, Ibu Muda,
            Pemilik Salon, Dekorator, Pengrajin Rumahan, Penata Busana"""
        ),
    },
    "Manajemen": {
        "things": _split(
            """Rencana Bisnis, Stok Gudang, Tim Kecil, Proyek Sosial, Rekrutmen Karyawan, Rantai Pasok, Mutu
            Layanan, Risiko Usaha, Jadwal Produksi, Koperasi Desa, Waralaba Mikro, Kinerja Karyawan, Acara
            Komunitas, Homestay Desa"""
        ),
        "with": _split(
            """Metode Kanban, Kanvas Bisnis, Papan Kerja, Indikator Kinerja, Analisis SWOT, Aplikasi Inventori,
            Prinsip 5R, Diagram Gantt, OKR, Prosedur Baku"""
        ),
        "who": _split(
            """Penyelia Produksi, Kepala Toko, Manajer Proyek, Pengelola Homestay, Pengurus Koperasi, Koordinator
            Acara, Staf HRD, Pemimpin Tim, Wirausaha Muda, Pengelola Gudang"""
        ),
    },
    "Pertanian": {
        "things": _split(
            """Sayur Hidroponik, Budidaya Lele, Jamur Tiram, Pupuk Kompos, Bibit Cabai, Ayam Petelur, Madu
            Klanceng, Ikan Nila, Kebun Kopi, Tanaman Hias, Maggot BSF, Kambing Perah, Bawang Merah, Anggrek
            Bulan"""
        ),
        "with": _split(
            """Bioflok, Pupuk Cair, Sistem Rakit Apung, Irigasi Tetes, Polibag, Rumah Kaca Mini, Pakan Fermentasi,
            Lahan Sempit, Mulsa Plastik, Pestisida Nabati"""
        ),
        "who": _split(
            """Petani Muda, Peternak, Pembudi Daya Ikan, Kelompok Tani, Pekebun Kota, Penyuluh, Pemilik Lahan,
            Pensiunan, Pengelola Kebun, Karang Taruna"""
        ),
    },
    "Sosial dan Perilaku": {
        "things": _split(
            """Bicara di Depan Umum, Komunikasi Efektif, Kerja Sama Tim, Manajemen Waktu, Pengasuhan Anak,
            Wawancara Kerja, Berpikir Kritis, Kecerdasan Emosi, Pendampingan Lansia, Etika Kerja, Mediasi
            Konflik, Surat Lamaran, Percaya Diri"""
        ),
        "with": _split(
            """Latihan Peran, Jurnal Harian, Studi Kasus, Teknik Napas, Diskusi Kelompok, Umpan Balik, Permainan,
            Rekaman Video, Bahasa Tubuh, Metode STAR"""
        ),
        "who": _split(
            """Pencari Kerja, Pengasuh Anak, Relawan, Guru PAUD, Pemandu Acara, Petugas Sosial, Orang Tua, Lulusan
            SMK, Karyawan Baru, Kader Desa, Pengemudi"""
        ),
    },
    "Lainnya": {
        "things": _split(
            """Mengemudi Aman, Kamera Drone, Podcast Mandiri, Naskah Cerita, Musik Digital, Pemandu Museum,
            Perpustakaan Desa, Pertolongan Pertama, Gitar Akustik, Boneka Rajut, Daur Ulang Plastik, Satpam
            Gedung, Wisata Alam, Foto Jurnalistik"""
        ),
        "with": _split(
            """Peralatan Rumah, Aplikasi Ponsel, Simulasi, Buku Kerja, Studi Lapangan, Mikrofon Murah, Benang
            Katun, Peta Wisata, Kotak P3K, Notasi Angka"""
        ),
        "who": _split(
            """Pengemudi Daring, Pemandu Wisata, Penulis Lepas, Petugas Keamanan, Musisi, Perajin, Pegiat Literasi,
            Pramuwisata, Penyiar, Relawan Bencana, Jurnalis Warga"""
        ),
    },
}
"""The programme's twelve categories, each with what is taught, with what, and for whom."""

TAILS = _split(
    """dari Rumah, dengan Modal Kecil, untuk Usaha Rumahan, di Era Digital, Siap Kerja, Langkah demi Langkah, Tanpa
    Ribet, sesuai Standar Industri, untuk Pasar Lokal, hingga Siap Jual, bagi Penyandang Disabilitas, dalam
    Sepekan, untuk Kerja Lepas, Berbasis Proyek, dengan Studi Kasus, untuk Pasar Ekspor, di Masa Pandemi, Ramah
    Lingkungan, khas Minang, khas Sunda, khas Jawa Timur, khas Bali, khas Bugis, khas Banjar, khas Palembang,
    dan Cara Merawatnya, serta Menghitung Biayanya, agar Laris, secara Mandiri, untuk Skala Kecil"""
)

OWN = _split("""ala, metode, seri, modul, gaya, versi, model, pola, ragam, jurus, tema, edisi, rangkaian""")
NAMES = _split(
    """Anggrek, Melati, Kenanga, Cempaka, Seroja, Teratai, Mawar, Dahlia, Flamboyan, Kamboja, Bakung, Kantil, Wijaya,
    Sedap Malam, Asoka, Jati, Mahoni, Cendana, Beringin, Ulin, Sengon, Pinus, Aren, Lontar, Sawo, Nangka, Salak,
    Manggis, Duku, Rambutan, Kecapi, Kelapa, Pandan, Serai, Jahe, Kunyit, Temulawak, Kencur, Lada, Pala, Cengkih,
    Kapulaga, Vanili, Gambir, Rotan, Bambu, Merak, Cenderawasih, Elang, Kutilang, Jalak, Nuri, Kakatua, Merpati,
    Bangau, Camar, Rajawali, Maleo, Kasuari, Perkutut, Anoa, Banteng, Kancil, Rusa, Komodo, Penyu, Pesut, Lumba,
    Arwana, Kerapu, Cakalang, Mutiara, Karang, Terumbu, Samudra, Selat, Delta, Telaga, Danau, Rawa, Curug, Serayu,
    Brantas, Citarum, Rinjani, Semeru, Merapi, Lawu, Slamet, Ciremai, Bromo, Sindoro, Sumbing, Leuser, Tambora,
    Agung, Gede, Maninjau, Singkarak, Towuti, Tempe, Sentani, Batur, Bratan, Weh, Enggano, Bawean, Kangean, Kei,
    Misool, Waigeo, Batik, Tenun, Songket, Lurik, Ulos, Sasirangan, Gringsing, Jumputan, Parang, Kawung, Truntum,
    Mega Mendung, Sido Mukti, Sekar Jagad, Tambal, Ceplok, Lereng, Gamelan, Angklung, Kolintang, Sasando, Suling,
    Rebab, Kendang, Saron, Bonang, Gambang, Tifa, Serune, Rebana, Kecapi Sunda, Saman, Pendet, Kecak, Remo, Jaipong,
    Zapin, Tortor, Piring, Topeng, Wayang, Arjuna, Nakula, Sadewa, Srikandi, Gatotkaca, Semar, Petruk, Fajar, Senja,
    Purnama, Pelangi, Embun, Gerimis, Angin, Mentari, Cakrawala, Lazuardi, Nirwana, Bahari, Nagari, Lembah, Bukit,
    Ladang, Sawah, Kebun, Taman, Serambi, Pendapa, Joglo, Limasan, Gadang, Honai, Lamin, Betang, Tongkonan, Pinisi,
    Jukung, Sampan, Perahu, Layar, Dermaga, Mercusuar, Lentera, Obor, Pelita, Kunang, Cermin, Jendela, Pintu,
    Tangga, Jembatan, Gapura, Pasar, Lumbung, Lesung, Tampah, Bakul, Kendi, Tempayan, Gerabah, Anyaman, Ukiran,
    Perak, Tembaga, Emas, Safir, Nilam, Delima, Kecubung, Giok"""
)
COLOURS = _split(
    """Biru, Hijau, Merah, Putih, Kuning, Jingga, Ungu, Kelabu, Cokelat, Hitam, Muda, Baru, Raya, Utara, Selatan,
    Timur, Barat, Tengah, Kecil, Besar, Tinggi, Dalam, Luas, Cerah, Teduh, Hangat, Sejuk, Rindang, Ceria, Lestari,
    Bahagia, Merdeka, Berseri, Harum, Manis, Jernih"""
)
"""A name of its own (of a method, a module, a motif) stands in most titles: real ones are full of names seen once."""

PLACES = _split(
    """Kota Bandung, Kota Semarang, Kota Surabaya, Kota Medan, Kota Makassar, Kota Denpasar, Kota Palembang,
    Kabupaten Sleman, Kabupaten Bogor, Kabupaten Banyumas, Kabupaten Jember, Kota Padang, Kota Manado, Kabupaten
    Malang, Kota Balikpapan, Kota Pontianak, Kota Kupang, Kota Jayapura, Kabupaten Cianjur, Kota Yogyakarta,
    Kota Banda Aceh, Kabupaten Lombok Timur"""
)

_FIRST = _split(
    """Karya, Cipta, Bina, Mitra, Sinar, Cahaya, Tunas, Surya, Graha, Wahana, Puspa, Arta, Nusa, Bumi, Lentera,
    Pelita, Adi, Dharma, Widya, Saka, Rumah, Ruang, Kelas, Teras, Jendela, Akar, Langit, Samudra, Fajar, Satria"""
)
_SECOND = _split(
    """Terampil, Mandiri, Nusantara, Sejahtera, Cendekia, Kreatif, Bangsa, Utama, Persada, Lestari, Gemilang,
    Vokasi, Prima, Berkarya, Talenta, Insani, Digital, Maju, Sentosa, Unggul, Bestari, Perkasa, Madani,
    Kompeten, Andalan, Sukses"""
)
PROVIDERS = tuple(f"{a} {b}" for a in _FIRST for b in _SECOND)
LEGAL = ("LPK", "LKP", "PT", "Yayasan", "BLK Komunitas", "", "", "", "", "CV")

_GIVEN = _split(
    """Wulandari, Bagaskara, Ramadhani, Kusumawati, Prasetyo, Maharani, Setiadi, Anindita, Hidayatullah,
    Puspitasari, Gunarsa, Larasati, Nugraheni, Satrio, Damayanti, Firmansyah, Kartikasari, Wicaksono, Yuliana,
    Pangestu"""
)
_FAMILY = _split(
    """Adhyaksa, Brotosari, Candrawinata, Darmokusumo, Endrawan, Harjowinoto, Iswaranata, Jatikusuma, Kertarajasa,
    Lesmanadewi, Mangkuraga, Notosuwito, Purwodarminta, Rangkayo, Sastrowijoyo, Tirtayasawan, Wirabuwana,
    Yudhapranata"""
)
PEOPLE = tuple(f"{a} {b}" for a in _GIVEN for b in _FAMILY)
"""Instructors: invented, and never to be seen in anything that is stored."""

VARIANTS: dict[str, tuple[str, ...]] = {
    "Teknologi Informasi": ("Teknologi, informatika", "Desain grafis, ilustrasi, animasi"),
    "Penjualan dan Pemasaran": ("Penjualan", "Pemasaran"),
    "Makanan dan Minuman": ("Kuliner", "Makanan/minuman kemasan"),
    "Bahasa Asing": ("Mahir Bahasa", "Bahasa Asing"),
    "Keuangan": ("Akuntansi pajak", "Investasi dan keuangan"),
    "Perkantoran": ("Administrasi dan tata usaha",),
    "Teknik": ("Otomotif", "Garment, Konveksi", "Manufaktur"),
    "Gaya hidup": ("Kecantikan", "Perawatan"),
    "Manajemen": ("Sumber Daya manusia", "Operasi, gudang"),
    "Pertanian": ("Pertanian", "Perikanan", "Peternakan"),
    "Sosial dan Perilaku": ("Pengembangan Diri", "Komunikasi"),
    "Lainnya": ("Lain-lain",),
}
"""A platform's own words for the official categories."""
